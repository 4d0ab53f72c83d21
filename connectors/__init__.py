"""Vendors' systems behind the words of `connectors.contract`. The registry names every connector."""
