"""Rivo's Merchant API, the loyalty program of a Shopify shop.

## What to know

- A customer is named by the Shopify customer id or by e-mail. There is no way to ask by phone: ask the register first.
- A new Shopify customer shows up in Rivo 30 to 60 seconds later.
- The key goes into `Authorization` as it is; with `Bearer ` before it Rivo answers 401. It can change any balance.
- A row of the history has a magnitude (`points_amount`) and the signed change (`points_diff`): the latter counts. Rows
  are not deleted: one that was taken back has `revoked_at`. Store credits live in the same history with no points.
- There is no idempotency key. Our reference stands in the note that only staff see, and after an unclear answer the
  history is searched for it before anything is sent again.
- Giving back a redemption may be sent twice: Rivo gives the points back once. The operation is documented, its address
  is not public, so it is off until `refund_route` names it.
- Whether a balance may go below zero is not documented; the house refuses such a change by itself.
- Points delays and expiry are set in the app and shown by Shopify, not by this API.
- Bulk changes on the Customers page and the CSV "Import Loyalty Data" send no webhook.

## Sources

Rivo's developer documentation (points events, batches, redemptions, customers, webhooks), its help pages on CSV files,
and public notes of a store that runs without Rivo's widgets. The names of paths other than the adjustment are from
those notes.
"""
