"""The letter to a body as a Word file: for the meeting, the journal and whoever answers on paper.

It holds what the mail holds, but not the link: paper is passed round, and the link is the receiver's own.
"""

import docx
from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from backend.cases.letters import Letter, LetterRow
from exports.formats.docx import CONTENT_TYPE
from exports.formats.letter import add_grid, add_heading, add_words, begin_letter, packed

# Room to write an answer by hand.
_ANSWER_LINES = 4


def attachments(letter: Letter) -> list[tuple[str, str, bytes]]:
    """What goes along with the letter's mail: (name, content type, bytes)."""
    return [(f"{letter.number}.docx", CONTENT_TYPE, write(letter))]


def write(letter: Letter) -> bytes:
    """The letter as the bytes of a .docx file."""
    with translation.override(settings.LANGUAGE_CODE):
        word = begin_letter(
            organisation=letter.organisation,
            receiver=letter.body,
            date=letter.sent_date,
            subject=letter.subject,
            footer=f"{letter.organisation} · {letter.number}",
        )
        add_words(word, letter.text)
        _add_facts(word, letter)
        for row in letter.rows:
            _add_row(word, row)
    return packed(word, letter.full_subject)


def _add_facts(word: docx.document.Document, letter: Letter) -> None:
    add_heading(word, _("How to answer"))
    word.add_paragraph(
        _(
            "The mail that this letter came with has a link to a page where each row can be answered by itself."
            " You may also answer the mail, write on this paper or call."
        )
    )
    add_grid(word, letter.facts())


def _add_row(word: docx.document.Document, row: LetterRow) -> None:
    add_heading(word, f"{row.position}. {row.title}")
    add_grid(
        word,
        [(_("Case"), row.reference), *row.parts(), (_("The body's answer"), "\n" * _ANSWER_LINES)],
    )
