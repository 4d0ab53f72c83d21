"""Vendors' systems behind the words of `connectors.contract`. `REGISTRY` names every connector."""

from connectors.registry import REGISTRY, Connector

__all__ = ["REGISTRY", "Connector"]
