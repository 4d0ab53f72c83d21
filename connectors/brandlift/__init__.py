"""BrandLift, a loyalty and referral app for Shopify shops.

## What to know

- No public API of BrandLift is known, so nothing here asks it anything or sends it anything: what it shows, a person
  reads; what it does, a person does, with our exact steps and a button to say that it is done. The bot cannot read back
  what was done, and says so.
- Its screens are those of Rivo, word for word. Whether the two are one product is not known, so Rivo's API is not
  tried with a BrandLift shop.
- One customer's points are changed with a signed number, a reason for staff and a comment for the customer; the
  confirmation takes some seconds, then the balance shows in the customer's account.
- Many customers are changed with one amount from the Customers page, or with amounts of their own from a CSV file that
  is added to what they have. A file imported twice counts twice.
- Cancelled and refunded orders can take their points back by themselves, where the shop has set that up.
- Points are earned and spent online and at Shopify POS.

## Sources

BrandLift's help pages on changing balances.
"""
