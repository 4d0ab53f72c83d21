"""What is left in the end: the file with what became of each row, and a list that is taken back in part."""

from __future__ import annotations

import csv
import io
from dataclasses import replace

import pytest

from bot.bulk import read_file
from bot.cases.bulk_models import RowState, RunState
from bot.errors import NotAllowed
from bot.work import bulk
from bot.work.bulk_run import carry_list
from connectors.sandbox import Fault
from connectors.sandbox.state import Event
from tests.bulk.lists import MANAGER, QUINN, Lists, no_wait, one_lane, people, refuses

R, S = RunState, RowState


def points(number: int, each: int = 5) -> str:
    return "email,points\n" + "".join(f"pat{n}@example.com,{each}\n" for n in range(1, number + 1))


def outcome(lists: Lists, run: bulk.Progress | object, language: str = "en") -> list[dict[str, str]]:
    text = bulk.outcome_file(lists.house, run.id, language).decode("utf-8-sig")  # type: ignore[attr-defined]
    return list(csv.DictReader(io.StringIO(text)))


def test_what_the_provider_said_of_a_row_is_kept_with_it(sqlite_lists: Lists) -> None:
    lists = sqlite_lists
    people(lists.servers, "bay", 2)
    run = lists.approved(points(2), store="bay")
    contacts = lists.servers.world.stores["bay"].contacts

    def watch(stage: str) -> None:
        if stage == "bulk_marked":
            contacts.pop("881000001", None)

    carry_list(replace(lists.house, watch=watch), f"{run.id}#1", sleep=no_wait, together=one_lane)
    run = lists.to_the_end(run)
    rows = outcome(lists, run)
    assert [(row["row"], row["state"]) for row in rows] == [("2", "rejected"), ("3", "done")]
    assert rows[0]["why"].startswith("The provider refused the change. It said: ")
    assert len(rows[0]["why"]) > len("The provider refused the change. It said: ") + 10
    assert lists.deeds(run)[-1] == "finish"  # neither its seal nor the digest of the outcome minds


def test_the_outcome_speaks_the_askers_language_and_can_be_read_again(sqlite_lists: Lists) -> None:
    lists = sqlite_lists
    people(lists.servers, "ash", 1)
    run = lists.to_the_end(lists.approved(points(1) + "nobody@example.com,5\nbad,5\n"))
    rows = outcome(lists, run, "es")
    assert list(rows[0]) == [
        "fila", "correo", "teléfono", "id_de_cliente", "id_de_miembro", "puntos", "estado", "por_qué", "antes",
        "después", "ref",
    ]  # fmt: skip
    assert [(row["fila"], row["estado"], row["por_qué"]) for row in rows] == [
        ("2", "hecha", ""),
        ("3", "excluida", "No se encontró a nadie con ese correo, teléfono o número."),
        ("4", "excluida", "El correo no es una dirección."),
    ]
    for language in ("en", "es"):
        again = read_file(bulk.outcome_file(lists.house, run.id, language), "again.csv")
        assert (again.questions, sorted(again.columns.at)) == ((), ["customer", "email", "member", "phone", "points"])


@pytest.mark.parametrize("there", [True, False])
def test_a_list_with_a_row_nobody_knows_of_is_taken_back_as_far_as_it_goes(sqlite_lists: Lists, there: bool) -> None:
    """The row stays open to whoever looks, and is taken back by a second counter-run only when it did arrive."""
    lists = sqlite_lists
    made = people(lists.servers, "ash", 11)
    run = lists.approved(points(11))
    world, cut = lists.servers.world, Fault("cut_before", vendor="rivo", writes_only=True)

    def watch(stage: str) -> None:
        if stage == "bulk_sent":
            world.fault(cut)

    carry_list(replace(lists.house, watch=watch), f"{run.id}#1", sleep=no_wait, together=one_lane)
    run = lists.to_the_end(run, turns=40, step=400)
    assert (run.state, lists.states(run)) == (R.DONE, {S.DONE: 10, S.UNKNOWN: 1})
    world.clear_faults()
    counter = lists.to_the_end(lists.sign(lists.look_up(bulk.undo_bulk(lists.house, run.id, MANAGER))))
    assert (counter.state, lists.states(run)) == (R.DONE, {S.UNDONE: 10, S.UNKNOWN: 1})
    assert lists.get(run).state is R.DONE  # not "taken back": somebody still has to look
    assert [c.points for c in made] == [100] * 11
    run = bulk.resolve_row(lists.house, run.id, QUINN, 12, happened=there)
    assert (run.state, lists.codes(run)[12]) == ((R.DONE, "done") if there else (R.UNDONE, "rejected not_there"))
    if there:
        with refuses(NotAllowed, "undone before, as far as it could be"):
            bulk.undo_bulk(lists.house, run.id, MANAGER)
    assert lists.deeds(run)[-1] == ("refused" if there else "undo")


def test_a_row_of_a_counter_run_that_somebody_found_takes_its_original_back(sqlite_lists: Lists) -> None:
    lists = sqlite_lists
    people(lists.servers, "ash", 1)
    run = lists.to_the_end(lists.approved(points(1)))
    counter = lists.sign(lists.look_up(bulk.undo_bulk(lists.house, run.id, MANAGER)))
    lists.servers.world.fault(Fault("cut_before", vendor="rivo", writes_only=True))
    counter = lists.to_the_end(counter, turns=40, step=400)
    assert (lists.codes(counter), lists.codes(run)) == ({2: "unknown not_there"}, {2: "done"})
    bulk.resolve_row(lists.house, counter.id, QUINN, 2, happened=True)
    assert (lists.codes(run), lists.get(run).state) == ({2: "undone"}, R.UNDONE)
    with refuses(NotAllowed, "nothing here that could be undone"):
        bulk.undo_bulk(lists.house, counter.id, QUINN)


def test_a_list_that_was_stopped_half_way_is_taken_back_half_way(sqlite_lists: Lists) -> None:
    """Also where some balances moved since: a purchase in between does not matter, points that are spent do."""
    lists = sqlite_lists
    made = people(lists.servers, "ash", 30)
    run = lists.approved(points(30, 50))

    def watch(stage: str) -> None:
        if stage == "bulk_sent":
            bulk.cancel_bulk(lists.house, run.id, MANAGER)

    carry_list(replace(lists.house, watch=watch), f"{run.id}#1", sleep=no_wait, together=one_lane)
    run = lists.to_the_end(run)
    assert (run.state, lists.states(run)) == (R.CANCELLED, {S.DONE: 10, S.SKIPPED: 20})
    made[0].events.append(Event(lists.clock(), "order", 33))
    made[1].events.append(Event(lists.clock(), "redemption", -120))
    counter = lists.look_up(bulk.undo_bulk(lists.house, run.id, MANAGER))
    assert (counter.people, counter.given, counter.taken) == (9, 0, 450)
    counter = lists.to_the_end(lists.sign(counter))
    assert (counter.state, lists.states(run)) == (R.DONE, {S.UNDONE: 9, S.DONE: 1, S.SKIPPED: 20})
    assert [c.points for c in made[:3]] == [133, 30, 100]
