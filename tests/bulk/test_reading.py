"""Files as spreadsheets and vendors really write them, and as somebody hostile might."""

from __future__ import annotations

import csv
import io
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.bulk import FIELDS, BadFile, Problem, Question, Row, Sheet, read_file
from bot.bulk.columns import plain
from bot.bulk.problems import CODES
from bot.bulk.rows import LONGEST


def sheet(text: str, **more: Any) -> Sheet:
    return read_file(text.encode(), "f.csv", **more)


def read(text: str, **more: Any) -> list[Row | Problem]:
    area_code = more.pop("area_code", "303")
    return list(sheet(text, **more).rows(area_code=area_code))


def codes(text: str, **more: Any) -> list[str]:
    return [one.code if isinstance(one, Problem) else "" for one in read(text, **more)]


def amounts(*cells: str, mode: Any = None) -> list[Decimal | str | None]:
    out = io.StringIO()
    csv.writer(out).writerows([["email", "points"], *([f"p{n}@example.com", cell] for n, cell in enumerate(cells))])
    return [one.code if isinstance(one, Problem) else one.points for one in read(out.getvalue(), mode=mode)]


def broken(data: bytes | str, **more: Any) -> str:
    with pytest.raises(BadFile) as caught:
        list(read_file(data.encode() if isinstance(data, str) else data, "f.csv", **more).rows())
    assert caught.value.staff.endswith((".", "?"))
    return caught.value.problem


# -- encodings and separators -----------------------------------------------------------------------------------------

TEXT = "email,puntos,apellido\nnunez@example.com,50,Núñez\n"


@pytest.mark.parametrize(
    ("codec", "found"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8-sig"),
        ("utf-16", "utf-16"),
        ("utf-16-le", "utf-16-le"),
        ("utf-16-be", "utf-16-be"),
        ("utf-32", "utf-32"),
        ("cp1252", "cp1252"),
    ],
)
@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_encodings_separators_and_line_ends(codec: str, found: str, separator: str, end: str) -> None:
    text = TEXT.replace(",", separator).replace("\n", end)
    one = read_file(text.encode(codec), "f.csv")
    assert (one.encoding, one.separator, one.headings) == (found, separator, ("email", "puntos", "apellido"))
    assert list(one.rows()) == [Row(number=2, email="nunez@example.com", points=Decimal(50), last_name="Núñez")]


def test_excels_own_first_line_names_the_separator() -> None:
    one = read_file(b"\xef\xbb\xbfsep=;\r\nemail;points\r\na@example.com;5\r\n", "f.csv")
    assert (one.separator, [row.number for row in one.rows()]) == (";", [2])


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"", "empty"),
        (b"\n\n", "empty"),
        (b"PK\x03\x04....xl/workbook.xml", "workbook"),
        (b"PK\x03\x04..mimetypeapplication/vnd.oasis.opendocument.spreadsheet", "workbook"),
        (b"PK\x03\x04....points.csv", "archive"),
        (b"PK\x05\x06....", "archive"),
        (b"\x1f\x8b...", "archive"),
        (b"PK\x03\x04....word/document.xml", "document"),
        (b"%PDF-1.7", "document"),
        (b"\xd0\xcf\x11\xe0..", "workbook"),
        (b"\x89PNG", "picture"),
        (b"\xef\xbb\xbf\r\n<TABLE><tr><td>email</td>", "page"),
        (b"email,points\n\x81\x8d\x8f\x90\x9d\n", "not_text"),
        (b"\xef\xbb\xbfemail,points\n\xff\xfe\n", "not_text"),
        (b"\0\xff\x81email,points", "not_text"),
        (b"x" * 25_000_001, "too_large"),
        (b"a@example.com,5\nb@example.com,5\n", "no_headings"),
        (b",,,\n1,2,3\n", "no_headings"),
        (b"303-555-0142,50\n303-555-0143,5\n", "no_headings"),
        (b"Email,Email,points\n", "same_headings"),
        (b"shade,size\nred,5\n", "nobody"),
        (b"email,size\na@example.com,5\n", "no_points"),
        ((",".join(["x"] * 201) + "\n").encode(), "too_wide"),
    ],
)
def test_files_that_cannot_be_used(data: bytes, problem: str) -> None:
    assert broken(data, kind="adjust_points") == problem


def test_a_quotation_mark_that_is_never_closed_is_noticed() -> None:
    swallowed = "".join(f"p{n}@example.com,5\n" for n in range(30))
    assert codes(f'email,points\na@example.com,5\n"b@example.com,5\n{swallowed}') == ["", "too_long"]
    assert broken('email,points\n"' + "x" * 140_000) == "unreadable"


# -- columns ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("headings", "fields"),
    [
        ("email,points", {"email": 0, "points": 1}),
        ("Email,Points Balance", {"email": 0, "points": 1}),
        ("Email,Points Balance,Birthdate,VIP Tier,Activation Date,Credits Balance", {"email": 0, "points": 1}),
        (
            "customer_id,points_amount,internal_note,external_note",
            {"customer": 0, "points": 1, "reason": 2, "comment": 3},
        ),
        ("customer_identifier,source,points_amount", {"customer": 0, "points": 2}),
        ("Phone Number;Points", {"phone": 0, "points": 1}),
        ("Correo electrónico,Puntos", {"email": 0, "points": 1}),
        ("E-Mail Adress,Pionts", {"email": 0, "points": 1}),
        ("Emial,Point Balance", {"email": 0, "points": 1}),
        ("contactID,value", {"member": 0, "points": 1}),
    ],
)
def test_columns_of_rivo_brandlift_and_ours(headings: str, fields: dict[str, int]) -> None:
    assert sheet(f"{headings}\n").columns.at == fields


def test_what_the_vendors_files_hold_besides_is_not_taken_for_something() -> None:
    one = sheet("Email,Points,Credits Amount,Birthdate,VIP Tier,Name\n")
    assert (one.columns.ignored, one.questions) == (("Credits Amount", "Birthdate", "VIP Tier", "Name"), ())


def test_two_columns_for_one_field_are_asked_about() -> None:
    one = sheet("Email,Points,Points Balance\n")
    assert one.questions == (Question(code="column", field="points", options=("Points", "Points Balance")),)
    text = "Email,Points,Points Balance\na@example.com,5,100\n"
    assert [r.points for r in read(text, chosen={"points": "Points"}) if isinstance(r, Row)] == [5]


def test_a_doubtful_column_is_asked_about_only_when_it_is_needed() -> None:
    assert [q.field for q in sheet("Email,Pt Amnt\n", kind="adjust_points").questions] == ["points"]
    assert sheet("Email,Points,Pt Amnt\n").questions == ()
    assert sheet("Cust ID,Points\n").questions == (Question(code="column", field="customer", options=("Cust ID",)),)
    assert broken("Shoe size,Points\n") == "nobody"


def test_a_balance_may_be_meant_both_ways_so_it_is_asked() -> None:
    text = "Email,Points Balance\na@example.com,5\n"
    assert sheet(text).questions == (Question(code="mode", field="mode", options=("add", "set")),)
    assert (sheet(text, mode="set").mode, sheet(text, mode="set").questions) == ("set", ())
    assert sheet(text, kind="enroll").questions == ()


@pytest.mark.parametrize(
    "heading",
    ["Saldo de puntos", "Point Balance", "Points Balanse", "New points", "puntos totales", "Current Points", "BALANCE"],
)
def test_any_heading_that_speaks_of_a_balance_is_asked_about(heading: str) -> None:
    """Adding to everybody what they have already would be a costly guess."""
    found = sheet(f"email,{heading}\n", chosen={"points": heading}).questions
    assert found == (Question(code="mode", field="mode", options=("add", "set")),)


@pytest.mark.parametrize(
    ("headings", "fields"),
    [
        ("  EMAIL ,Points\u00a0", {"email": 0, "points": 1}),
        ('"Customer\nEmail","Points\r\nAmount"', {"email": 0, "points": 1}),
        ("Teléfono;PUNTOS;Nombre;Apellido;Motivo;Nota", {"phone": 0, "points": 1, "first_name": 2, "last_name": 3,
                                                         "reason": 4, "comment": 5}),
        ("Número de teléfono\tCantidad de puntos", {"phone": 0, "points": 1}),
        ("ID de cliente|Puntos", {"customer": 0, "points": 1}),
        ("Customer_ID,POINTS_AMOUNT,Internal_Note", {"customer": 0, "points": 1, "reason": 2}),
        ("email,points_amount,source,applied_at,expires_at,earning_rule_id", {"email": 0, "points": 1}),
    ],
)  # fmt: skip
def test_headings_with_odd_case_and_space_and_in_spanish(headings: str, fields: dict[str, int]) -> None:
    assert sheet(f"{headings}\n").columns.at == fields


def test_names_in_a_column_of_customers_are_no_numbers() -> None:
    rows = read("Customer,Email,Points\nPat,pat@example.com,5\nPat Jones,pj@example.com,5\nPat,,5\n")
    assert [r.customer if isinstance(r, Row) else r.code for r in rows] == [None, None, "no_person"]


def test_wrong_answers_are_said() -> None:
    assert broken("email,points\n", chosen={"shoe": "email"}) == "no_field"
    assert broken("email,points\n", chosen={"email": "E-Mail"}) == "no_column"


def test_without_points_it_is_about_enrolling() -> None:
    assert sheet("phone,first name\n").kind == "enroll"
    assert sheet("phone,points\n", kind="enroll").kind == "enroll"
    assert read("phone,points\n303-555-0142,x\n", kind="enroll") == [Row(number=2, phone="+13035550142")]


def test_every_heading_of_ours_is_sure() -> None:
    for field, aliases in FIELDS.items():
        for alias in aliases:
            assert plain(alias) == alias
            found = (
                sheet(f"{alias},zzz\n", kind="enroll") if field in ("email", "phone", "customer", "member") else None
            )
            assert found is None or found.columns.at == {field: 0}


# -- rows -------------------------------------------------------------------------------------------------------------


def test_amounts_as_people_write_them() -> None:
    cells = (
        "50",
        "+50",
        "-40",
        "−40",
        "1,000",
        "1 000",
        "1'000",
        "1.234.567",
        "12.5",
        "12,50",
        "+1,000.50",
        "'+5",
        "'-5",
    )
    assert amounts(*cells) == [
        50, 50, -40, -40, 1000, 1000, 1000, 1_234_567, Decimal("12.5"), Decimal("12.5"), Decimal("1000.5"), 5, -5,
    ]  # fmt: skip


def test_a_thousand_or_one_and_a_bit() -> None:
    """Who separates by semicolons writes numbers with a comma; what may be meant both ways is not guessed."""
    assert amounts("1,200", "1.200", "0,500", "1.200,50", "1,200.50", "-1.200") == [
        1200, "unclear_number", "unclear_number", Decimal("1200.5"), Decimal("1200.5"), "unclear_number",
    ]  # fmt: skip
    text = "correo;puntos\na@example.com;{}\n"
    found = [read(text.format(n))[0] for n in ("1.200", "1,200", "0.500", "1.200,50", "-2.000.000")]
    assert [one.code if isinstance(one, Problem) else one.points for one in found] == [
        1200, "unclear_number", "unclear_number", Decimal("1200.5"), -2_000_000,
    ]  # fmt: skip


def test_amounts_that_are_none() -> None:
    assert amounts("", "x", "5x", "1.2.3", "1e3", "3.04E+09", "0", "-0.00", "--5", "٥٠", "0x10", "NaN", "12.345,6",
                   "10%", "1'2", "1.234.56", "1,234.567", "9999999999", "1,000,000,000,000") == [
        "bad_points", "bad_points", "bad_points", "bad_points", "spreadsheet_number", "spreadsheet_number",
        "zero_points", "zero_points", "bad_points", "bad_points", "bad_points", "bad_points", Decimal("12345.6"),
        "bad_points", "bad_points", "bad_points", "bad_points", "too_many", "too_many",
    ]  # fmt: skip
    assert amounts("0", "-5", mode="set") == [0, "bad_points"]


@pytest.mark.parametrize(
    "cell", ["=5+5", "+5+5", "-2+3+cmd|' /C calc'!A0", "@SUM(A1)", "\t=5", "＝5", "=cmd|' /C calc'!A0"]
)
def test_formulas_are_refused_wherever_they_stand(cell: str) -> None:
    quoted = cell.replace('"', '""')
    for heading in ("points", "email", "comment", "first name", "customer id"):
        wide = [h for h in ("email", "points", "comment", "first name", "customer id") if h != heading]
        values = {"email": "a@example.com", "points": "5", "customer id": "123"}
        row = ",".join([f'"{quoted}"', *(values.get(h, "") for h in wide)])
        found = codes(f"{heading},{','.join(wide)}\n{row}\n")
        assert found in (["formula"], ["bad_points"]), (heading, found)
        assert found == ["formula"] or cell[0] in "+-"


def test_people_as_rows_name_them() -> None:
    assert codes(
        "email,phone,customer id,points\n"
        "a@example.com,,,5\n,303-555-0142,,5\n,555-0143,,5\n,(303) 555-0144 ext 3,,5\n,,1234,5\n,,b@example.com,5\n"
        ",,,5\nnot,,,5\na@b@c,,,5\n,12,,5\n,3.04E+09,,5\n,555 CALL,,5\n,,12 34,5\na@exa mple.com,,,5\n"
    ) == [
        "", "", "", "", "", "", "no_person", "bad_email", "bad_email", "bad_phone", "spreadsheet_number", "bad_phone",
        "no_person", "bad_email",
    ]  # fmt: skip
    assert codes("phone,points\n555-0143,5\n", area_code=None) == ["bad_phone"]


def test_the_same_person_twice() -> None:
    rows = read("email,points\na@example.com,5\nA@Example.com,5\nb@example.com,5\nb@example.com,6\nb@example.com,5\n")
    assert rows[1] == Problem(code="duplicate", number=3, also=2)
    assert rows[3:] == [Problem(code="conflict", number=5, also=4), Problem(code="duplicate", number=6, also=4)]


def test_rows_that_are_too_wide_or_blank() -> None:
    assert codes("email,points\na@example.com,5,\n\n ,\nb@example.com,1,000\n") == ["", "ragged"]
    assert [r.number for r in read("email,points\n\n\na@example.com,5\n")] == [4]
    assert codes(f"email,points,comment\na@example.com,5,{'x' * (LONGEST + 1)}\n") == ["too_long"]


def test_what_cannot_be_seen_is_taken_out() -> None:
    [row] = read("email,points,comment\n\u200ba@example.com\u200b,\u00a050,a\u202eb <!here>\n")
    assert isinstance(row, Row)
    assert (row.email, row.points, row.comment) == ("a@example.com", 50, "ab !here")


def test_a_hundred_thousand_rows_are_read_one_by_one() -> None:
    """A slice of it here; memory is measured by `make bench-bulk`."""
    data = b"email,points\n" + b"".join(b"p%d@example.com,5\n" % n for n in range(20_000))
    assert sum(isinstance(row, Row) for row in read_file(data, "f.csv").rows()) == 20_000


# -- hostile ----------------------------------------------------------------------------------------------------------

CELL = st.one_of(
    st.text(max_size=30),
    st.sampled_from(["=1+1", "+1", "-1", "@x", "\t", '"', "a@example.com", "303-555-0142", "1e9", "\0", "'", "5\n5"]),
)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.lists(CELL, max_size=4), max_size=6), st.sampled_from([",", ";", "\t"]))
def test_any_rows_give_a_row_or_a_problem_each(table: list[list[str]], separator: str) -> None:
    out = io.StringIO()
    writer = csv.writer(out, delimiter=separator)
    writer.writerow(["email", "phone", "points", "comment"])
    writer.writerows(table)
    try:
        found = list(read_file(out.getvalue().encode("utf-8", "replace"), "f.csv").rows(area_code="303"))
    except BadFile as error:
        assert error.problem == "unreadable"
        return
    assert len(found) <= len(table)
    for one in found:
        if isinstance(one, Problem):
            assert one.code in CODES
        else:
            assert one.points
            assert one.email or one.phone
            assert not any((t or "").startswith(("=", "@", "\t", "-")) for t in (one.comment, one.email))


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=400))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    try:
        for one in read_file(data, "f.csv").rows():
            assert isinstance(one, Row | Problem)
    except BadFile as error:
        assert error.staff
