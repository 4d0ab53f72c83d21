"""Our tables. The truth is here; the engine's own tables (schema or prefix `dbos`) only queue, delay and retry.

Personal data lives in the columns of `ENCRYPTED` alone, encrypted at rest with a key derived from `[security] key`, and
can be erased; everything else refers to people by HMAC references or ids of Slack.
"""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy import Column, ForeignKey, Index, Integer, LargeBinary, MetaData, String, Table, Text, UniqueConstraint
from sqlalchemy.types import JSON

from bot.cases.types import UtcDateTime

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(column_0_label)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)

UNDER_WAY = "state IN ('submitted', 'approved', 'sending', 'unknown')"
UNDOING = "state NOT IN ('cancelled', 'declined', 'expired', 'refused')"

inbox = Table(
    "inbox",
    metadata,
    Column("key", String(300), primary_key=True),  # message:<team>:<channel>:<ts> | trigger:<team>:<trigger_id>
    Column("kind", String(20), nullable=False),  # question | command | shortcut | action | view
    Column("payload", LargeBinary, nullable=True),  # encrypted JSON; None once erased
    Column("received_at", UtcDateTime, nullable=False),
    Column("handled_at", UtcDateTime),
    Column("case_id", String(40)),
)

cases = Table(
    "cases",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("team_id", String(40), nullable=False),
    Column("channel", String(40), nullable=False),
    Column("thread_ts", String(40), nullable=False),
    Column("asked_ts", String(40), nullable=False),
    Column("asker", String(40), nullable=False),
    Column("store_id", String(60)),
    Column("state", String(20), nullable=False),
    Column("playbook", String(80)),
    Column("language", String(5), nullable=False, server_default="en"),
    Column("customer_ref", String(64)),  # HMAC of the POS customer id within its store
    Column("private", LargeBinary),  # encrypted JSON: question text, entities, answers
    Column("match", JSON),  # candidates and margin, no text
    Column("diagnosis", LargeBinary),  # encrypted JSON of the last Diagnosis
    Column("claimed_by", String(40)),
    Column("escalated_at", UtcDateTime),
    Column("created_at", UtcDateTime, nullable=False),
    Column("updated_at", UtcDateTime, nullable=False),
    Column("version", Integer, nullable=False, server_default="1"),
    UniqueConstraint("team_id", "channel", "asked_ts", name="uq_cases_asked"),
    Index("ix_cases_thread", "team_id", "channel", "thread_ts"),
    Index("ix_cases_customer", "store_id", "customer_ref", "created_at"),
    Index("ix_cases_state", "state", "updated_at"),
)

evidence = Table(
    "evidence",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("case_id", String(40), ForeignKey("cases.id"), nullable=False, index=True),
    Column("fact", String(80), nullable=False),
    Column("source", String(80), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("value", LargeBinary),  # encrypted JSON of the Evidence
    Column("failure_code", String(40)),
)

proposals = Table(
    "proposals",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("case_id", String(40), ForeignKey("cases.id"), nullable=False, index=True),
    Column("store_id", String(60), nullable=False),
    Column("team_id", String(40), nullable=False),
    Column("kind", String(30), nullable=False),
    Column("state", String(20), nullable=False),
    Column("requester", String(40), nullable=False),
    Column("customer_ref", String(64)),
    Column("customer_refs", JSON, nullable=False),  # HMACs of the customer's phone and e-mail: the beneficiary rule
    Column("offer", JSON, nullable=False),  # ids only: member id, customer id, which finding offered it
    Column("private", LargeBinary),  # encrypted JSON: parameters with personal data (phones, comment)
    Column("points", sa.Numeric(14, 2)),
    Column("parameters_hash", String(64)),
    Column("expected", JSON, nullable=False),
    Column("verdict", JSON, nullable=False),
    Column("operation_id", String(40), nullable=False, unique=True),
    Column("approvers", JSON, nullable=False),
    Column("undo_of", String(40), ForeignKey("proposals.id")),
    Column("created_at", UtcDateTime, nullable=False),
    Column("submitted_at", UtcDateTime),
    Column("expires_at", UtcDateTime),
    Column("decided_by", String(40)),
    Column("decided_at", UtcDateTime),
    Column("sending_since", UtcDateTime),
    Column("result", JSON, nullable=False),
    Index("ix_proposals_state", "state", "expires_at"),
    Index(  # a second fix of a kind on a customer is refused while the first is under way: by the database itself
        "uq_proposals_under_way",
        "store_id",
        "customer_ref",
        "kind",
        unique=True,
        sqlite_where=sa.text(UNDER_WAY),
        postgresql_where=sa.text(UNDER_WAY),
    ),
    Index("ix_proposals_store", "store_id", "kind", "submitted_at"),
    Index("ix_proposals_requester", "requester", "submitted_at"),
    Index("ix_proposals_submitted", "submitted_at"),
    Index("ix_proposals_customer", "store_id", "customer_ref", "submitted_at"),
)

posts = Table(  # what was posted where, so that a crash never posts twice and a button never loses its message
    "posts",
    metadata,
    Column("subject", String(120), primary_key=True),  # case:<id> | decision:<proposal>[:remind] | outcome:<proposal>
    Column("channel", String(40), nullable=False),
    Column("ts", String(40)),  # None: about to post
    Column("posted_at", UtcDateTime, nullable=False),
)

audit = Table(
    "audit",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("at", UtcDateTime, nullable=False),
    Column("actor", String(40), nullable=False),
    Column("deed", String(60), nullable=False),
    Column("subject", String(80), nullable=False),
    Column("detail", Text, nullable=False),  # canonical JSON, HMAC references only
    Column("previous", String(64), nullable=False),
    Column("hash", String(64), nullable=False, unique=True),
    Index("ix_audit_subject", "subject"),
)

checkpoints = Table(  # signed heads of the audit trail: a row of it that is cut off, or all of it made anew, is found
    "checkpoints",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("seq", Integer, nullable=False),
    Column("hash", String(64), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("signature", String(64), nullable=False),
)

digests = Table(  # each day's exceptions, as they were told to support: ids and codes only
    "digests",
    metadata,
    Column("day", String(10), primary_key=True),
    Column("made_at", UtcDateTime, nullable=False),
    Column("lines", JSON, nullable=False),
    Column("told_at", UtcDateTime),
)

labels = Table(  # what people chose, corrected or rated: examples for `pointsman learn`
    "labels",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("case_id", String(40), ForeignKey("cases.id"), nullable=False, index=True),
    Column("kind", String(20), nullable=False),  # chosen | not_this | helpful | not_helpful
    Column("playbook", String(80)),
    Column("masked_text", Text, nullable=False),
    Column("actor", String(40), nullable=False),
    Column("at", UtcDateTime, nullable=False),
)

snapshots = Table(  # the last nightly points of each register that keeps its own
    "snapshots",
    metadata,
    Column("store_id", String(60), primary_key=True),
    Column("taken_at", UtcDateTime, nullable=False),
    Column("as_of", UtcDateTime, nullable=False),
    Column("value", LargeBinary),  # encrypted JSON; None once erased
)

paces = Table(  # the places given out lately at one vendor's account: milliseconds since 1970, eight bytes each
    "paces",
    metadata,
    Column("key", String(64), primary_key=True),  # a digest
    Column("places", LargeBinary, nullable=False),
)

switches = Table(  # `pointsman pause`, and other facts about the whole house
    "switches",
    metadata,
    Column("name", String(60), primary_key=True),
    Column("value", JSON, nullable=False),
    Column("set_by", String(40), nullable=False),
    Column("set_at", UtcDateTime, nullable=False),
)

keyring = Table(  # one row, once the security key was replaced: how often, which one is in use, and those before it
    "keyring",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("key_id", String(8), nullable=False),  # its name
    Column("since", UtcDateTime, nullable=False),
    Column("past", LargeBinary, nullable=False),  # encrypted JSON under the key in use: the keys it replaced
)

bulk_runs = Table(
    "bulk_runs",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("source", String(300), nullable=False, unique=True),  # what it came by: the same arrival makes one run
    Column("team_id", String(40), nullable=False),
    Column("store_id", String(60), nullable=False),
    Column("channel", String(40)),
    Column("thread_ts", String(40)),
    Column("action", String(30), nullable=False),  # adjust_points | enroll
    Column("mode", String(10), nullable=False),  # add | set
    Column("state", String(20), nullable=False),
    Column("requester", String(40), nullable=False),
    Column("private", LargeBinary),  # encrypted JSON: file name, reason, comment, how the file was read
    Column("approvers", JSON, nullable=False),
    Column("verdict", JSON, nullable=False),
    Column("result", JSON, nullable=False),
    Column("rows", Integer, nullable=False, server_default="0"),
    Column("people", Integer, nullable=False, server_default="0"),
    Column("given", sa.Numeric(16, 2), nullable=False, server_default="0"),
    Column("taken", sa.Numeric(16, 2), nullable=False, server_default="0"),
    Column("digest", String(64)),
    Column("undo_of", String(40), ForeignKey("bulk_runs.id")),
    Column("created_at", UtcDateTime, nullable=False),
    Column("submitted_at", UtcDateTime),
    Column("expires_at", UtcDateTime),
    Column("decided_by", String(40)),
    Column("decided_at", UtcDateTime),
    Column("ended_at", UtcDateTime),
    Column("shown_at", UtcDateTime),
    Column("runner", String(40)),  # whose turn it is: another's claims fail
    Column("turn", Integer, nullable=False, server_default="0"),
    Column("troubles", Integer, nullable=False, server_default="0"),
    Index("ix_bulk_runs_state", "state", "expires_at"),
    Index("ix_bulk_runs_store", "store_id", "submitted_at"),
    Index(  # one counter-run at a time: by the database itself
        "uq_bulk_runs_undo",
        "undo_of",
        unique=True,
        sqlite_where=sa.text(UNDOING),
        postgresql_where=sa.text(UNDOING),
    ),
)

bulk_rows = Table(
    "bulk_rows",
    metadata,
    Column("run_id", String(40), ForeignKey("bulk_runs.id"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("state", String(10), nullable=False),
    Column("code", String(30), nullable=False, server_default=""),
    Column("points", sa.Numeric(14, 2)),
    Column("private", LargeBinary),  # encrypted JSON: who it is; None once erased
    Column("customer_ref", String(64)),  # HMACs, None once erased
    Column("phone_ref", String(64)),
    Column("email_ref", String(64)),
    Column("seal", String(64)),  # HMAC of who and how many points
    Column("operation_id", String(40), unique=True),  # only rows that are to be sent have one
    Column("before", sa.Numeric(14, 2)),
    Column("after", sa.Numeric(14, 2)),
    Column("attempt", Integer, nullable=False, server_default="0"),
    Column("asked", Integer, nullable=False, server_default="0"),
    Column("sending_since", UtcDateTime),
    Column("due_at", UtcDateTime),
    Column("absent_at", UtcDateTime),
    Index("ix_bulk_rows_state", "run_id", "state", "number"),
    Index("ix_bulk_rows_customer", "customer_ref", "run_id"),
    Index("ix_bulk_rows_phone", "phone_ref", "run_id"),
    Index("ix_bulk_rows_email", "email_ref", "run_id"),
)

ENCRYPTED: tuple[tuple[sa.Table, str], ...] = (
    (inbox, "payload"),
    (cases, "private"),
    (cases, "diagnosis"),
    (evidence, "value"),
    (proposals, "private"),
    (snapshots, "value"),
    (bulk_runs, "private"),
    (bulk_rows, "private"),
)
"""Columns of what may be personal; `paces.places` is none, and `keyring.past` are keys."""
