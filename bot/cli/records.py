"""`audit verify|export` and `erase`: what is on record, and what has to be forgotten."""

from __future__ import annotations

import getpass
import sys
from contextlib import nullcontext
from pathlib import Path
from typing import Annotated, Final, Literal

import typer

from bot.cli.app import ConfigOption, app, err, out, read_config
from bot.errors import BadInput

audit_app = typer.Typer(no_args_is_help=True, help="The audit trail.")
app.add_typer(audit_app, name="audit")


@audit_app.command("verify")
def audit_verify(
    config: ConfigOption = None,
    head: Annotated[str | None, typer.Option(help="A head kept outside earlier, as printed: ROW:HASH.")] = None,
) -> None:
    """Check the audit trail's chain and its signed heads, and requests and the rows of lists against it. Exit code 1
    when one was changed, removed or moved."""
    from bot.cases import audit, bulk_moves, checkpoints, open_records, open_vault, proposal_faults, reading

    settings = read_config(config)
    kept = settings.security.audit_heads
    lines = Path(kept).read_text(encoding="utf-8").splitlines() if kept and Path(kept).exists() else []
    with reading(open_records(settings.database)) as conn:
        vault = open_vault(conn, settings.security.keys, settings.security.key_readings)
        result = checkpoints.verify(conn, vault, outside=checkpoints.read_file(lines))
        if result.ok and head is not None:
            result = audit.verify(conn, known_head=_head(head)).model_copy(
                update={"signed": result.signed, "strangers": result.strangers}
            )
        if result.ok and (changed := bulk_moves.faults(conn)):
            problem = f"the rows of {', '.join(changed)} are not those on record"
            result = result.model_copy(update={"ok": False, "problem": problem})
        if result.ok and (changed := proposal_faults.faults(conn, vault)):
            problem = f"the requests {', '.join(changed)} are not those on record"
            result = result.model_copy(update={"ok": False, "problem": problem})
    if not result.ok:
        err.print(str(result), style="red", markup=False, soft_wrap=True)
        raise typer.Exit(1)
    out.print(str(result), highlight=False, soft_wrap=True)


def _head(typed: str) -> tuple[int, str]:
    row, _, digest = typed.partition(":")
    if not row.isdigit() or not digest:
        raise BadInput(f'"{typed}" is not a head; write it as printed, ROW:HASH.')
    return int(row), digest


@audit_app.command("export")
def audit_export(
    format: Annotated[Literal["csv", "json"], typer.Option(help="csv for a spreadsheet, json to check again.")] = "csv",
    to: Annotated[Path | None, typer.Option(help="The file to write; else standard output.")] = None,
    config: ConfigOption = None,
) -> None:
    """Write the whole audit trail. In CSV, a cell that a spreadsheet could take for a formula gets an apostrophe."""
    from bot.cases import audit, audit_export, open_records, reading

    settings = read_config(config)
    write = {"csv": audit_export.to_csv, "json": audit_export.to_json}[format]
    target = to.open("w", encoding="utf-8", newline="") if to is not None else nullcontext(sys.stdout)
    with target as file, reading(open_records(settings.database)) as conn:
        rows = write(audit.entries(conn), file)
    err.print(f"{rows:,} rows.", highlight=False)


_STAYS: Final = (
    "What stays, without a name: who asked and who decided, the kind of change, the points and the time, and the audit",
    "trail, since it proves that nothing was slipped in; and a keyed reference for each redemption or receipt, so that",
    "it is not made good a second time.",
    "Not touched: messages and files in Slack, backups and logs outside, the vendors' own records.",
)


@app.command()
def erase(
    phone: Annotated[str | None, typer.Option(help="The customer's phone.")] = None,
    email: Annotated[str | None, typer.Option(help="The customer's e-mail.")] = None,
    customer: Annotated[str | None, typer.Option(help="The customer's id in the register, or the member's.")] = None,
    really: Annotated[bool, typer.Option("--really", help="Do it; without this, only say what would go.")] = False,
    config: ConfigOption = None,
) -> None:
    """Forget one customer: what was asked, found and typed about them. Decisions and the audit trail stay, nameless."""
    from bot.work.erasing import Person, erase_customer

    person = Person(phone=phone, email=email, customer=customer)
    found = erase_customer(read_config(config), person, by=f"cli:{getpass.getuser()}", really=really)
    counts = (
        f"{len(found.cases)} cases, {found.facts} facts looked up, {len(found.proposals)} changes, "
        f"{len(found.arrivals)} messages as they came in, {len(found.rows)} rows of lists"
    )
    if found.nothing:
        out.print("Nothing is kept of this customer.", highlight=False)
    elif really:
        out.print(f"Forgotten: {counts}.", highlight=False, soft_wrap=True)
    else:
        out.print(f"Would be forgotten: {counts}. Run it again with --really.", highlight=False, soft_wrap=True)
        if found.under_way:
            out.print(f"Under way, and to be ended first: {', '.join(found.under_way)}.", highlight=False)
    for line in _STAYS:
        out.print(line, highlight=False, soft_wrap=True)
