"""Dutchie Ecommerce (Dutchie Plus): the web shop of a Dutchie store.

Its GraphQL API shows shops, menus and specials. Nothing about loyalty is in it: no points, no enrolment, no setting. So
everything that decides whether customers see points online is a check by a person; here is which, and where.

Quirks
- One key may cover every shop of the organisation; `retailer_id` names this store's.
- Errors come inside an HTTP 200, with `data` null.
- The vendor has announced the end of this API for 2026: ask before building on it.

Sources: the vendor's published example shop, and code of integrators. Whether the API still exists for new customers is
not known.
"""
