"""Documents for the tests of the file formats, and texts that have broken such files before."""

from itertools import product

from exports.document import Column, Document, Row, SenderLine, Table

COLUMNS = (
    Column("problem", "Beskrivelse af problemet", 60),
    Column("area", "Område", 18),
    Column("legislation", "Evt. lovgivning", 26),
    Column("proposal", "Forslag til forbedring", 60),
)

_FORMULAS = (
    "1+1",
    "SUM(A1:A9)",
    'HYPERLINK("http://127.0.0.1/x";"klik")',
    "cmd|' /C calc'!A0",
    "A1",
    "2017",
    "",
)
_STARTS = ("=", "+", "-", "@", "\t=", "\n=", " =", "\u00a0+", "\u200b@", "＝", "＋", "－")
HOSTILE_TEXTS = (
    *(start + formula for start, formula in product(_STARTS, _FORMULAS)),
    '=DDE("cmd";"/C calc";"x")',
    "=1;=1,=1",
)
UNWRITABLE = "før\x00\x0b\x1f\x7f\x85\u202e\ud800\ufdd0\ufffe\U0001fffeefter"


def make_document(first: tuple[Row, ...] = (), second: tuple[Row, ...] = (), **more: object) -> Document:
    """The ministry's form with these rows in its two tables."""
    return Document(
        form="kulegravning_2017",
        heading="Skema",
        title="Bidrag til kulegravning",
        tables=(
            Table("1", "Tabel 1", "Forslag til styrket sammenhæng", COLUMNS, first),
            Table("2", "Tabel 2", "Forslag til at frigøre tid til kerneopgaven", COLUMNS, second),
        ),
        sender_lines=(
            SenderLine("Forslagsstiller (angiv kommune):", "Lejre Kommune"),
            SenderLine("Kontaktperson:", "=Karen"),
            SenderLine("Telefonnummer:", "+45 46 46 46 46"),
        ),
        **more,
    )


def make_rows(*problems: str, prefix: str = "row") -> tuple[Row, ...]:
    """One row for each text, with the text in the first and the last column."""
    return tuple(
        Row(f"{prefix}-{index}", (problem, "Ældre", "", problem))
        for index, problem in enumerate(problems, start=1)
    )
