"""Material from outside as examples: the statements that were written at public camps.

They come in as they were written, with where they stood; they wait outside worklists, terms and figures until a
person makes a case from one or adds it to one.
"""

import csv
from dataclasses import dataclass, field

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from backend.examples.lifecycle import Status
from backend.examples.models import Example, ExampleEvent, ImportBatch
from backend.examples.references import new_reference
from backend.examples.stems import stems
from backend.examples.validation import MAXIMUM_PROBLEM, FieldError, InvalidInput, check_text
from backend.organisations.permissions import moment
from backend.registry.models import CoreTask

CAMP = "camp"
COLUMNS = ("id", "page", "camp_key", "activity", "group", "actor", "votes", "text", "uncertain", "note")
# How long each column's text may be; the statement itself as long as any example's.
LENGTHS = dict.fromkeys(COLUMNS, 200) | {"id": 60, "text": MAXIMUM_PROBLEM}


class BrokenHeader(Exception):
    """The file's first row does not name the columns; nothing of it can be read."""


@dataclass
class ImportReport:
    """What came of a file: how many were added or known, and each bad row with its line and why."""

    added: int = 0
    known: int = 0
    faults: list = field(default_factory=list)


@transaction.atomic
def import_statements(*, campaign, path, by=None, at=None, is_dry_run=False):
    """Read camp statements from the CSV file at `path`, one example each, keyed on their id. Returns an ImportReport.

    A second run adds nothing. A bad row is reported with its line, and the rest goes in. With `is_dry_run` nothing
    is stored. Raises BrokenHeader where the columns are not COLUMNS, and OSError where the file cannot be read.
    """
    at = moment(at)
    report = ImportReport()
    organisation = campaign.organisation
    core_tasks = {
        task.camp_key: task
        for task in CoreTask.objects.filter(organisation=organisation).exclude(camp_key="")
    }
    known = set(
        Example.objects.filter(organisation=organisation, source=CAMP).values_list("source_key", flat=True)
    )
    batch = ImportBatch(organisation=organisation, source=CAMP, imported_at=at, by=by)
    examples, lines_of = [], {}
    with path.open("rb") as file:
        for line, cells in _rows(file, report):
            try:
                values = _check(cells, core_tasks)
            except InvalidInput as invalid:
                report.faults.extend(
                    (line, f"{error.pointer.lstrip('/')}: {error.detail}") for error in invalid.errors
                )
                continue
            key = values["source_key"]
            if key in lines_of:
                report.faults.append(
                    (line, _("The id is already in line %(line)s.") % {"line": lines_of[key]})
                )
                continue
            lines_of[key] = line
            if key in known:
                report.known += 1
                continue
            examples.append(_example(campaign, batch, values, timezone.localdate(at)))
    report.added = len(examples)
    if examples and not is_dry_run:
        _store(batch, examples, by=by, at=at)
    return report


def _rows(file, report):
    """(line, cells by column) for each row; a line counts as an editor counts. What is no row becomes a fault."""
    reader = csv.reader(_lines(file, report), strict=True)
    header = next(reader, [])
    if sorted(header) != sorted(COLUMNS):
        raise BrokenHeader(
            _("The first row must name these columns: %(columns)s.") % {"columns": ", ".join(COLUMNS)}
        )
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            report.faults.append((line, _("This is not a row of CSV (%(error)s).") % {"error": error}))
            continue
        if not any(cells):
            continue
        if len(cells) != len(header):
            counts = {"count": len(cells), "wanted": len(header)}
            report.faults.append(
                (line, _("The row has %(count)s cells; there are %(wanted)s columns.") % counts)
            )
            continue
        yield line, dict(zip(header, cells, strict=True))


def _lines(file, report):
    """The file's lines as text. A line that is not UTF-8 is a fault, and an empty line takes its place."""
    for number, line in enumerate(file, start=1):
        try:
            yield line.decode("utf-8-sig" if number == 1 else "utf-8")
        except UnicodeDecodeError:
            report.faults.append((number, _("The line is not UTF-8.")))
            yield "\n"


def _check(cells, core_tasks):
    """The row's cleaned values, or InvalidInput with everything that is wrong with it."""
    values, errors = {}, []
    for column in COLUMNS:
        try:
            values[column] = check_text(
                cells[column],
                pointer=f"/{column}",
                maximum=LENGTHS[column],
                required=column in ("id", "text"),
                single_line=column != "text",
            )
        except InvalidInput as invalid:
            errors.extend(invalid.errors)
            values[column] = ""
    for column in ("page", "votes"):
        if values[column] and not (values[column].isascii() and values[column].isdigit()):
            errors.append(FieldError(f"/{column}", "invalid_type", _("Write a whole number.")))
    if values["camp_key"] and values["camp_key"] not in core_tasks:
        detail = _("No core task here has this name in camp material.")
        errors.append(FieldError("/camp_key", "unknown_choice", detail))
    if errors:
        raise InvalidInput(errors)
    return {
        "source_key": values["id"],
        "text": values["text"],
        "core_task": core_tasks.get(values["camp_key"]),
        "provenance": {
            "page": int(values["page"]) if values["page"] else None,
            "camp_key": values["camp_key"],
            "activity": values["activity"],
            "group": values["group"],
            "actor": values["actor"],
            # The camp's own marks: never counted as supports.
            "votes": int(values["votes"]) if values["votes"] else None,
            "uncertain": values["uncertain"] not in ("", "0"),
            "note": values["note"],
        },
    }


def _example(campaign, batch, values, date):
    return Example(
        organisation_id=campaign.organisation_id,
        campaign=campaign,
        reference=new_reference("E"),
        status=Status.RECEIVED,
        submitted_date=date,
        source=CAMP,
        source_key=values["source_key"],
        batch=batch,
        problem=values["text"],
        core_task=values["core_task"],
        provenance=values["provenance"],
        stems=stems(values["text"]),
    )


def _store(batch, examples, *, by, at):
    batch.save(force_insert=True)
    Example.objects.bulk_create(examples, batch_size=200)
    ExampleEvent.objects.bulk_create(
        (
            ExampleEvent(
                example=example,
                move="import",
                to_status=example.status,
                by=by,
                on_date=timezone.localdate(at),
                at=at if by is not None else None,
            )
            for example in examples
        ),
        batch_size=500,
    )
