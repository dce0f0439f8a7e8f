"""A letter under the right to challenge rules (udfordringsretten): which rule, what is asked for, and for how long.

The ministry may let a municipality try another way for a time. It asks for the rule, the wish, what is expected of it
and the period; a person reads and changes every word before it leaves.
"""

import datetime
from dataclasses import dataclass

from django.conf import settings
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from backend.cases.models import Case
from backend.examples.hours import hours_label
from exports.formats.letter import add_grid, add_words, begin_letter, packed


@dataclass(frozen=True)
class Challenge:
    """One letter. `receiver`: the body's name; `contact`: who answers questions."""

    organisation: str
    receiver: str
    reference: str
    on_date: datetime.date
    subject: str
    introduction: str
    rule: str
    problem: str
    wish: str
    effect: str
    from_date: datetime.date
    to_date: datetime.date
    contact: str


def first_words(case: Case) -> dict[str, str]:
    """What the case already says of a challenge, for a person to read and change."""
    rules = [f"{row.cited_text} {row.paragraphs}".strip() for row in case.case_laws.all()]
    hours = hours_label(case.hours)
    return {
        "subject": _("Application for a trial: %(title)s") % {"title": case.title},
        "introduction": _(
            "We ask to be exempted from the rule below for a time, so that we can try a simpler way."
        ),
        "rule": "\n".join(
            dict.fromkeys(filter(None, [*rules, case.really_law_paragraph, case.legislation_text]))
        ),
        "problem": case.problem,
        "wish": case.proposal,
        "effect": _("We expect that it frees %(hours)s.") % {"hours": hours} if hours else "",
    }


def write(challenge: Challenge) -> bytes:
    """The letter as the bytes of a .docx file."""
    with translation.override(settings.LANGUAGE_CODE):
        word = begin_letter(
            organisation=challenge.organisation,
            receiver=challenge.receiver,
            date=challenge.on_date,
            subject=challenge.subject,
            footer=f"{challenge.organisation} · {challenge.reference}",
        )
        add_words(word, challenge.introduction)
        period = _("%(from)s to %(to)s") % {
            "from": date_format(challenge.from_date),
            "to": date_format(challenge.to_date),
        }
        lines = [
            (_("Rule"), challenge.rule),
            (_("Problem"), challenge.problem),
            (_("We ask for"), challenge.wish),
            (_("Expected effect"), challenge.effect),
            (_("Period"), period),
            (_("Contact"), challenge.contact),
            (_("Case"), challenge.reference),
        ]
        add_grid(word, [(label, words) for label, words in lines if words])
    return packed(word, challenge.subject)
