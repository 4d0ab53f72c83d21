"""Shopify, as the register of a store: the Admin API, which is GraphQL, in version 2026-07.

One shop is one set of customers and orders, from every location and from the web. Points live in a loyalty app (Rivo,
Smile.io, BrandLift), never in Shopify.

**Quirks**

- Phone and e-mail are unique in a shop. One person with two profiles is therefore usually one profile with the phone
  and one with the e-mail.
- There is no archive. A profile that was merged away is gone: asked for by its id, Shopify answers that there is none,
  and does not say where it went.
- Shopify chooses which profile a merge keeps: the one whose e-mail is to stay; else the only one with an e-mail; else
  by account and consent. The bot asks for a preview, shows it, asks again right before the merge, and stops if anything
  would be different. A merge takes its time, cannot be undone, and does not merge the points in the loyalty app.
- A refund is shown as a return of its order, also where the order is older than the days that were asked for.
- An order that was rung up without its customer can be given one afterwards; the app may not give points for it.
- Without the permission `read_all_orders`, Shopify shows orders of the last 60 days only, and says nothing of others.
- Merging takes permissions of its own (`read_customer_merge`, `write_customer_merge`), and so do locations
  (`read_locations`): without it, sales are shown without the name of their store.
- A customer has one note, which is the staff's. The bot neither reads nor writes it.
- Prices that include tax: the amount before tax is not told, and the total stands in for it.
- Limits are counted in points by what a question may cost, not in calls. Every answer tells how many are left, and how
  fast they come back; the bot keeps below that, and waits when Shopify says that it must.
- Errors come inside answers that look good (HTTP 200). A change counts as done only when its answer shows it.
- An id in a metafield is changed by compare-and-set: only while it still is what was read. Clearing it has no such
  guard at Shopify; there, the moment between looking and clearing remains.
- An app's own metafields can be changed by that app alone.

**Not documented, and how the bot takes it**

- Whether a throttled answer is a 200 or a 429: both are understood.
- Whether an order's number is found with or without its `#`: both are asked for, and compared exactly.
- Whether a permission to write holds the one to read: taken so, as Shopify's own libraries do.
- How long a change takes to show everywhere: after ten seconds a read-back is trusted.

**Signing in**: either the app's token, or (for apps of your own organization) its client ID and secret, with which the
bot fetches a token that lives for 24 hours. Webhooks are signed with the client secret.

**Sources**: Shopify's GraphQL schema 2026-07 (every question is checked against it), shopify.dev on rate limits, access
scopes, the client credentials grant, merging customers, metafields, and the verification of webhooks.
"""
