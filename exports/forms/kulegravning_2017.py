"""The Finance Ministry's form "Bidrag til kulegravning", the edition of spring 2017.

The words below are the ministry's, to the letter and in its order. They are not ours to translate or mend.
"""

from collections.abc import Sequence
from decimal import Decimal

from django.conf import settings
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from backend.cases.lifecycle import Outcome, ReferralStatus
from backend.cases.models import SMALL_GROUP, Case, CaseQuerySet, FormTable, Referral, Reply, standing_of
from backend.cases.queries import shown
from backend.examples.hours import hours_label
from exports.document import Column, Document, Row, SenderLine, Table
from exports.forms.entry import Entry, Sender

KEY = "kulegravning_2017"
HEADING = "Skema"
TITLE = "Bidrag til kulegravning"
CAPTIONS = {
    FormTable.COHERENCE: "Forslag til styrket sammenhæng",
    FormTable.TIME: "Forslag til at frigøre tid til kerneopgaven",
}
COLUMNS = (
    Column("problem", "Beskrivelse af problemet", 52),
    Column("area", "Område", 30),
    Column("legislation", "Evt. lovgivning", 30),
    Column("proposal", "Forslag til forbedring", 52),
)
SENDER_LABELS = ("Forslagsstiller (angiv kommune):", "Kontaktperson:", "Telefonnummer:")
# How long each cell may be: what the case's own fields hold.
CELL_LIMITS = {"problem": 8000, "area": 120, "legislation": 1000, "proposal": 8000}

# The two tables behind the form are ours. Their headings are fixed too: an answered file is read by them.
ANNEX = "Uddybning"
ANNEX_COLUMNS = (
    Column("table", "Tabel", 11),
    Column("row", "Række", 9),
    Column("case", "Forslag", 16),
    Column("cause", "Årsag", 32),
    Column("hours", "Timer om året", 22),
    Column("examples", "Antal eksempler", 14),
    Column("bodies", "Modtagere og deres svar", 60),
)
ANSWERS = "Svar"
_ANSWER_COLUMNS = (
    ("table", "Tabel", 11),
    ("row", "Række", 9),
    ("text", "Tekst", 60),
    ("answer", "Svar", 26),
    ("reason", "Begrundelse", 45),
    ("deadline", "Frist", 14),
)


def table_name(table: int) -> str:
    """The table as the ministry numbers it."""
    return f"Tabel {table}"


def cells(case: Case) -> dict[str, str]:
    """The case's own words, column by column, as they stand until the secretariat edits the row.

    They are stored and compared, so the area is named in Danish whatever the caller reads.
    """
    with translation.override(settings.LANGUAGE_CODE):
        return {
            "problem": case.problem,
            "area": case.area_name,
            "legislation": case.legislation_text,
            "proposal": case.proposal,
        }


def with_everything_needed(cases: CaseQuerySet) -> CaseQuerySet:
    """The cases with what the form and its annex read of them, in a fixed number of queries.

    They must have been counted (`backend.cases.queries.with_counts`).
    """
    return cases.select_related("area").prefetch_related(
        "case_causes__cause", "referrals__body__periods", "referrals__replies"
    )


def build(
    entries: Sequence[Entry],
    *,
    senders: Sequence[Sender],
    number: str = "",
    is_draft: bool = False,
    has_annex: bool = False,
    has_answers: bool = False,
) -> Document:
    """The form filled with these entries, each in its table and in the given order."""
    with translation.override("da"):
        placed = [
            (table, position, entry)
            for table in CAPTIONS
            for position, entry in enumerate((entry for entry in entries if entry.table == table), start=1)
        ]
        return Document(
            form=KEY,
            heading=HEADING,
            title=TITLE,
            tables=tuple(_table(table, entries) for table in CAPTIONS),
            sender_lines=tuple(line for sender in senders for line in _sender_lines(sender)),
            number=number,
            draft_mark=_("Draft – not sent") if is_draft else "",
            annex=_annex(placed) if has_annex else None,
            answers=_answers(placed) if has_answers else None,
        )


def _table(table: int, entries: Sequence[Entry]) -> Table:
    rows = tuple(
        Row(entry.id, tuple(entry.cells.get(column.key, "") for column in COLUMNS))
        for entry in entries
        if entry.table == table
    )
    return Table(str(int(table)), table_name(table), CAPTIONS[FormTable(table)], COLUMNS, rows)


def _sender_lines(sender: Sender) -> tuple[SenderLine, ...]:
    values = (sender.name, sender.contact, sender.phone)
    return tuple(SenderLine(label, value) for label, value in zip(SENDER_LABELS, values, strict=True))


def _annex(placed: Sequence[tuple[int, int, Entry]]) -> Table:
    rows = tuple(
        Row(
            entry.id,
            (
                table_name(table),
                str(position),
                entry.case.reference,
                ", ".join(str(cause) for cause in entry.case.case_causes.all()),
                hours_label(None if entry.case.hours is None else Decimal(entry.case.hours)),
                _example_count(entry.case),
                "\n".join(
                    _answer_of(referral) for referral in entry.case.referrals.all() if _is_asked(referral)
                ),
            ),
        )
        for table, position, entry in placed
    )
    return Table("annex", ANNEX, "", ANNEX_COLUMNS, rows)


def _answers(placed: Sequence[tuple[int, int, Entry]]) -> Table:
    choices = tuple(str(outcome.label) for outcome in Outcome)
    columns = tuple(
        Column(key, heading, width, choices if key == "answer" else ())
        for key, heading, width in _ANSWER_COLUMNS
    )
    rows = tuple(
        Row(entry.id, (table_name(table), str(position), entry.cells.get("problem", ""), "", "", ""))
        for table, position, entry in placed
    )
    return Table("answers", ANSWERS, "", columns, rows)


def _example_count(case: Case) -> str:
    count = shown(case.example_count)
    return _("under %(count)d") % {"count": SMALL_GROUP} if count is None else str(count)


def _is_asked(referral: Referral) -> bool:
    return referral.status not in (ReferralStatus.PREPARED, ReferralStatus.CANCELLED)


def _told_of(standing: list[Reply]) -> Reply:
    """The answer that holds; a question, the one released last, only where nothing was answered."""
    answers = [reply for reply in standing if reply.answer != Outcome.LACKS_FACTS]
    return max(answers or standing, key=lambda reply: (reply.released_at, str(reply.pk)))


def _answer_of(referral: Referral) -> str:
    body = referral.body_name_then
    released = [reply for reply in referral.replies.all() if reply.released_at is not None]
    if not released:
        return f"{body}: {_('not answered')}"
    reply = _told_of(standing_of(released))
    promised = date_format(reply.promised_date, "j. F Y") if reply.promised_date else ""
    return ". ".join(
        part for part in (f"{body}: {reply.get_answer_display()}", promised, reply.text.rstrip(".")) if part
    )
