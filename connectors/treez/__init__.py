"""Treez (SellTreez): the register of a store, and Treez Loyalty.

## Two generations of one API
A store's keys are for one of them, and they are never mixed.

- **v3** (`api-prod.treez.io`): each call is signed with the private key of a certificate that Treez registered; a
  signature is for one address and half a minute. It alone has the history of a profile, merges, discounts, who is
  checked in, orders from the web, and a sale by its order number.
- **v2** (`api.treez.io`): a token that is good for two hours and is kept for as long; Treez does not certify partners
  who fetch one for each call. It has customers, updates, and a customer's sales.

Both allow ten calls a second per location (written down for v2, kept for both). Neither takes an idempotency key: a
write is sent once, and one without an answer is read back, never sent again.

## The loyalty id
With Alpine IQ a profile stores Alpine IQ's contact id in `external_ids.aiq_contact_id`. The API shows it and has no
documented way to change it: staff do, with Loyalty ID Lookup, and the profile is read back. Treez writes the id with
dashes and Alpine IQ without; here it is without. v2 may leave the field out. v3's history of a profile tells who set or
changed it, and when; how a removal is worded there is not known, so a line that only names the field counts as removed
or not told.

The first link is offered once, on first opening a profile after Alpine IQ was switched on. Whoever pressed No is not
asked again: then redeeming at the register links. A linked persona that is no loyalty member gets its purchases and no
points.

## Treez Loyalty
Runs on Sticky Cards. Its ids and points stand on no API that is known to be its own, so they are asked of a person: the
wallet at the register shows the points live. Sticky's own public API may or may not be the same system; it is not used.
Points that do not arrive: the message named StickyCards under Configurations > Config Page > Integration > Webhook
Integration must pass its Test with 201. Rewards are manual discounts marked as loyalty, with the points they take: the
list of discounts shows them.

## Quirks
- `MERGED` is a profile that *took in* others and is in use; `DEACTIVATED` is deleted, or merged away. Lookups hide it,
  its id still shows it.
- An answer can say FAIL inside an HTTP 200, and an unknown order number is a 400; the body is read, not the status.
- Names are kept in capitals and shown here as names.
- An update must carry first name, last name, birth date and type, which are re-read and sent along as they are; of a
  medical patient with a state card also the card. Two profiles cannot have one phone or one e-mail: Treez refuses.
- `rewards_balance` and the points on a ticket are Treez's *native* rewards. With another program they are zero and mean
  nothing, so they are left out unless `native_rewards` says that they are the program. They are never written.
- A refund is a ticket of its own that names the first one. A ticket without a customer cannot earn.
- A merge cannot be undone, and which profile stays is told only by the names *source* and *destination* (the published
  example answers with the source). Merging is off until a trial on two made-up profiles has shown it; it takes two
  approvals; both profiles are read before and after, and if Treez kept the other one, that is what is reported.
- Pages start at 1 in most public code, at 0 in some: a switch.
- Whether a v3 token has two parts, as Treez's text describes it, or the usual three, is a switch.

## Sources
Treez's published v3 definitions and its support articles (Loyalty ID Lookup; the integration with Alpine IQ; Treez
Loyalty), its developer pages for v2, and, for v2's tokens, messages and paging, public clients. No live account was
used.
"""
