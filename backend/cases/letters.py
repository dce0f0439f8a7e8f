"""The letter that carries cases to a body: complete in itself, and made of the secretariat's wording alone.

What is shown before the sending, what is mailed and what is printed are made from one `Letter`.
"""

import datetime
from dataclasses import dataclass
from email.utils import parseaddr

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from backend.registry.letters import fill

RULE = "–" * 40


@dataclass(frozen=True)
class LetterRow:
    """A case as its body reads it."""

    position: int
    reference: str
    title: str
    problem: str
    proposal: str
    rule: str
    question: str
    # The names of the files that go along with the row.
    files: tuple[str, ...] = ()

    def parts(self):
        """(heading, words) of what there is, in the order it is read."""
        parts = [
            (_("Problem"), self.problem),
            (_("Proposal"), self.proposal),
            (_("Rule"), self.rule),
            (_("We ask"), self.question),
            (_("Attached"), "\n".join(self.files)),
        ]
        return [(heading, words) for heading, words in parts if words]


@dataclass(frozen=True)
class Letter:
    """One letter to one body. `text` is what a person wrote; the rest is put below it by the software."""

    number: str
    organisation: str
    body: str
    to: str
    reply_to: str
    subject: str
    text: str
    journal_number: str
    contact: str
    sent_date: datetime.date
    due_date: datetime.date | None
    rows: tuple[LetterRow, ...]

    @property
    def full_subject(self):
        """The mail's subject: what was written, and the number by which an answer is known."""
        return f"{self.subject} ({self.number})"

    def facts(self):
        """(label, value) of what identifies the letter and says how to answer it, link apart."""
        facts = [
            (_("Letter number"), self.number),
            (_("Journal number"), self.journal_number),
            (_("Answer by"), date_format(self.due_date) if self.due_date else ""),
            (_("Contact"), self.contact),
        ]
        return [(label, value) for label, value in facts if value]


def row_of(referral, position, files=()):
    """The LetterRow of a referral. Only what the secretariat wrote: the case's wording and our question.

    `files`: the StoredFiles that go along with it in this very letter.
    """
    case = referral.case
    return LetterRow(
        position=position,
        reference=case.reference,
        title=case.title,
        problem=case.problem,
        proposal=case.proposal,
        rule=case.legislation_text,
        question=referral.question,
        files=tuple(
            _("Row %(position)s – %(name)s")
            % {"position": position, "name": f"{number}.{file.name.rpartition('.')[2]}"}
            for number, file in enumerate(files, start=1)
        ),
    )


def mail_text(letter, link):
    """The mail's whole text: a receiver who opens neither the file nor the link can still read and answer it."""
    lines = [
        letter.text,
        "",
        RULE,
        *(f"{label}: {value}" for label, value in letter.facts()),
        "",
        _("Answer here, row by row:"),
        link,
        _(
            "The link is yours: please do not send it on. On the page you can ask back, say that something is"
            " described wrongly, and pass rows on to a colleague. You may also answer this mail or call."
        ),
    ]
    for row in letter.rows:
        lines += [
            "",
            RULE,
            _("Row %(position)s: %(title)s (%(reference)s)")
            % {"position": row.position, "title": row.title, "reference": row.reference},
        ]
        for heading, words in row.parts():
            lines += ["", f"{heading}:", words]
    return "\n".join(lines) + "\n"


def filled(template, *, organisation, body_name, contact_name, count, due_date):
    """A template's (subject, text) with its placeholders filled in, ready for a person to read and change."""
    values = {
        "modtager": body_name,
        "kontaktperson": contact_name or body_name,
        "kommune": organisation.name,
        "afsender": organisation.contact or organisation.name,
        "antal": ngettext("%(count)s case", "%(count)s cases", count) % {"count": count},
        "svarfrist": date_format(due_date),
    }
    subject, text = template
    return fill(subject, values), fill(text, values)


def contact_line(organisation, address):
    """Whom the body can ask: the contact person, phone and address."""
    phone = _("phone %(number)s") % {"number": organisation.phone} if organisation.phone else ""
    return ", ".join(part for part in (organisation.contact, phone, address) if part)[:300]


def reply_address(organisation, cases, by):
    """Where an answer by mail goes: the campaign's contact, else the digests', else the sender's."""
    campaigns = {case.campaign_id: case for case in cases if case.campaign_id}
    for candidate in [
        *(case.campaign.contact for case in campaigns.values()),
        organisation.digest_email,
        by.email,
    ]:
        address = parseaddr(candidate)[1]
        try:
            validate_email(address)
        except ValidationError:
            continue
        return address
    return ""
