"""Shopify, as the register of a store: the Admin GraphQL API."""
