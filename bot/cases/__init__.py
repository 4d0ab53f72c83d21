"""Cases, proposals, policy and audit: the rules are pure, the storage is SQLAlchemy. The one door of this room."""

from bot.cases import audit, case_store, evidence, inbox, labels, posts, switches
from bot.cases.database import open_database, reading, upgrade, writing
from bot.cases.masks import mask_email, mask_phone
from bot.cases.models import Actor, Case, CaseState, Deed, Proposal, ProposalState, Role
from bot.cases.vault import Vault

__all__ = [
    "Actor",
    "Case",
    "CaseState",
    "Deed",
    "Proposal",
    "ProposalState",
    "Role",
    "Vault",
    "audit",
    "case_store",
    "evidence",
    "inbox",
    "labels",
    "mask_email",
    "mask_phone",
    "open_database",
    "posts",
    "reading",
    "switches",
    "upgrade",
    "writing",
]
