"""Smile.io, the other loyalty program of Shopify shops with a published API.

## What to know

- Customers are found by e-mail only. Smile neither asks by phone nor shows the Shopify id, so what ties a Shopify
  customer to a Smile customer is the same e-mail.
- A customer is a candidate, a member or disabled; only a member takes part in the program.
- A change of points has two texts: one that the customer reads, and a note for the shop. There is no idempotency key;
  our reference stands in the note, and after an unclear answer the transactions are searched for it first.
- Smile refuses a change that would take the balance below zero.
- A transaction does not say what kind of event made it, so the history shows points and texts, and no kinds.
- There is no call that takes a reward back; its points are given back with a transaction of their own.
- A birthday in the year 1004 has no year.
- The API is part of the Plus and Enterprise plans; a key has scopes, and what it may write is only known by writing.

## Sources

Smile's published OpenAPI description, against which requests and the practice server's answers are tested, and its
pages on errors and limits.
"""
