"""Cases, proposals, policy and audit: the rules are pure, the storage is SQLAlchemy. The one door of this room."""

from bot.cases import (
    audit,
    audit_export,
    bulk_moves,
    bulk_store,
    case_store,
    checkpoints,
    digests,
    erasure,
    evidence,
    inbox,
    keyring,
    labels,
    posts,
    proposal_faults,
    proposal_store,
    rekeying,
    snapshots,
    switches,
)
from bot.cases.database import is_current, open_database, open_records, reading, upgrade, writing
from bot.cases.keyring import open_vault
from bot.cases.masks import mask_email, mask_phone
from bot.cases.models import Actor, Case, CaseState, Deed, History, Proposal, ProposalState, Reason, Role, Verdict
from bot.cases.people_rules import may_approve_here
from bot.cases.policy import authorize
from bot.cases.proposals import move, too_late
from bot.cases.routing import Route, can_sign, who_can_approve
from bot.cases.standing import Standing
from bot.cases.vault import Vault

__all__ = [
    "Actor",
    "Case",
    "CaseState",
    "Deed",
    "History",
    "Proposal",
    "ProposalState",
    "Reason",
    "Role",
    "Route",
    "Standing",
    "Vault",
    "Verdict",
    "audit",
    "audit_export",
    "authorize",
    "bulk_moves",
    "bulk_store",
    "can_sign",
    "case_store",
    "checkpoints",
    "digests",
    "erasure",
    "evidence",
    "inbox",
    "is_current",
    "keyring",
    "labels",
    "mask_email",
    "mask_phone",
    "may_approve_here",
    "move",
    "open_database",
    "open_records",
    "open_vault",
    "posts",
    "proposal_faults",
    "proposal_store",
    "reading",
    "rekeying",
    "snapshots",
    "switches",
    "too_late",
    "upgrade",
    "who_can_approve",
    "writing",
]
