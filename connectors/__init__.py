"""Vendors' systems behind the words of `connectors.contract`. `REGISTRY` names every connector.

A vendor is one folder; these modules of it are found by their names, and nothing else has to be told of them:
- `connector.py`: `CONNECTORS`, what the registry holds (settings, openers, declared capabilities, webhook reader);
- `world.py`: `WORLDS`, what the practice world needs to seed its stores (see `connectors.sandbox.vendors`); imports
  only `connectors.sandbox.{people,scenario,state,faults,vendors}`;
- `sandbox.py`: `SANDBOXES`, the vendor's stand-in server classes (see `connectors.sandbox.gate.Vendor`).
By custom: `settings.py` (pydantic models), `api.py` (dialect and endpoints), `mapping.py` (rows in our words, raising
nothing), `client.py` (fulfils the contract).
"""

from connectors.connector import Connector, Side
from connectors.registry import REGISTRY

__all__ = ["REGISTRY", "Connector", "Side"]
