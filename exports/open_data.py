"""The open data's columns: what the file holds and what its data dictionary says, from one definition.

A case comes as the API shows it (`GET /api/v1/cases`), so that CSV and JSON never say different things.
"""

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

# Free to use, also for money, as long as it is said where it comes from.
LICENCE = "CC BY 4.0"
LICENCE_URL = "https://creativecommons.org/licenses/by/4.0/"

TEXT = gettext_lazy("text")
KEY = gettext_lazy("key")
WHOLE = gettext_lazy("whole number")
MONTH = gettext_lazy("year and month")
ADDRESS = gettext_lazy("web address")
SECRETARIAT = gettext_lazy("The secretariat")
BODY = gettext_lazy("The body that was asked")
REGISTRY = gettext_lazy("Kernetid's registry")
SYSTEM = gettext_lazy("Kernetid")
COLLEAGUES = gettext_lazy("Those who pressed “It happens to me too”")


@dataclass(frozen=True)
class Column:
    """One column. `field`: where the same stands in the JSON; `unit`: of a number, else empty."""

    name: str
    field: str
    kind: str
    meaning: str
    source: str
    value: Callable[[dict], str]
    unit: str = ""


def _replies(case: dict) -> str:
    replies = [reply for body in case["bodies"] for reply in body["replies"]]
    # What is promised and why, on one line each: a line break inside would look like another reply.
    told = [" ".join(f"{reply['what']} {reply['text']}".split()) for reply in replies]
    return "\n".join(f"{reply['outcome_label']}: {words}" for reply, words in zip(replies, told, strict=True))


def _end(case: dict, name: str) -> str:
    return str(case["hours_per_year"][name]) if case["hours_per_year"] else ""


def _name(case: dict, field: str) -> str:
    return case[field]["name"] if case[field] else ""


COLUMNS = [
    Column(
        gettext_lazy("reference"),
        "reference",
        KEY,
        gettext_lazy("The case's number. It never changes."),
        SYSTEM,
        lambda case: case["reference"],
    ),
    Column(
        gettext_lazy("title"),
        "title",
        TEXT,
        gettext_lazy("What the case is called."),
        SECRETARIAT,
        lambda case: case["title"],
    ),
    Column(
        gettext_lazy("problem"),
        "problem",
        TEXT,
        gettext_lazy("What gets in the way, in the secretariat's words. Never an employee's own text."),
        SECRETARIAT,
        lambda case: case["problem"],
    ),
    Column(
        gettext_lazy("proposal"),
        "proposal",
        TEXT,
        gettext_lazy("What should happen instead."),
        SECRETARIAT,
        lambda case: case["proposal"],
    ),
    Column(
        gettext_lazy("legislation"),
        "legislation",
        TEXT,
        gettext_lazy("The rule that the case is about, in free words."),
        SECRETARIAT,
        lambda case: case["legislation"],
    ),
    Column(
        gettext_lazy("laws"),
        "laws[].cited_text",
        TEXT,
        gettext_lazy("The laws that the case names, as they were cited, with semicolons between them."),
        SECRETARIAT,
        lambda case: "; ".join(law["cited_text"] for law in case["laws"]),
    ),
    Column(
        gettext_lazy("area"),
        "area.name",
        TEXT,
        gettext_lazy("The area of work that it concerns."),
        SECRETARIAT,
        lambda case: _name(case, "area"),
    ),
    Column(
        gettext_lazy("core task"),
        "core_task.name",
        TEXT,
        gettext_lazy("The core task that the area belongs to."),
        REGISTRY,
        lambda case: _name(case, "core_task"),
    ),
    Column(
        gettext_lazy("status"),
        "status_label",
        TEXT,
        gettext_lazy("Where the case stands: ready to be sent, sent on, answered or closed."),
        SYSTEM,
        lambda case: case["status_label"],
    ),
    Column(
        gettext_lazy("outcome"),
        "outcome_label",
        TEXT,
        gettext_lazy("What was answered. Empty until an answer has been released."),
        BODY,
        lambda case: case["outcome_label"] or "",
    ),
    Column(
        gettext_lazy("done, month"),
        "implemented_month",
        MONTH,
        gettext_lazy("When what was promised was carried out. Empty until it is."),
        SECRETARIAT,
        lambda case: case["implemented_month"] or "",
    ),
    Column(
        gettext_lazy("bodies"),
        "bodies[].name",
        TEXT,
        gettext_lazy(
            "Those who were asked, under the name that each had then, with semicolons between them."
        ),
        REGISTRY,
        lambda case: "; ".join(body["name"] for body in case["bodies"]),
    ),
    Column(
        gettext_lazy("answers"),
        "bodies[].replies[]",
        TEXT,
        gettext_lazy("The answers that have been released: what and why, one on each line."),
        BODY,
        _replies,
    ),
    Column(
        gettext_lazy("hours a year"),
        "hours_per_year.label",
        TEXT,
        gettext_lazy("An estimate of the time spent on it, rounded to an interval, in words."),
        SECRETARIAT,
        lambda case: case["hours_per_year"]["label"] if case["hours_per_year"] else "",
    ),
    Column(
        gettext_lazy("hours a year, from"),
        "hours_per_year.low",
        WHOLE,
        gettext_lazy("The lower end of the interval. Empty where no estimate has been made."),
        SECRETARIAT,
        lambda case: _end(case, "low"),
        gettext_lazy("hours a year"),
    ),
    Column(
        gettext_lazy("hours a year, to"),
        "hours_per_year.high",
        WHOLE,
        gettext_lazy("The upper end of the interval."),
        SECRETARIAT,
        lambda case: _end(case, "high"),
        gettext_lazy("hours a year"),
    ),
    Column(
        gettext_lazy("supports"),
        "supports",
        gettext_lazy("whole number, or “under 5”"),
        gettext_lazy(
            "How many have said that it happens to them too. Fewer than five are not told (null in JSON)."
        ),
        COLLEAGUES,
        lambda case: _("under 5") if case["supports"] is None else str(case["supports"]),
        gettext_lazy("clicks"),
    ),
    Column(
        gettext_lazy("published, month"),
        "published_month",
        MONTH,
        gettext_lazy("When the case was published. Days are not told."),
        SYSTEM,
        lambda case: case["published_month"],
    ),
    Column(
        gettext_lazy("campaign"),
        "campaign",
        KEY,
        gettext_lazy("The campaign that the case comes from: the last part of its address."),
        SYSTEM,
        lambda case: case["campaign"] or "",
    ),
    Column(
        gettext_lazy("address"),
        "url",
        ADDRESS,
        gettext_lazy("The case's page."),
        SYSTEM,
        lambda case: case["url"],
    ),
]
