"""The letter's Word file: everything the mail says but the link, and nothing of who made it."""

import datetime
import io

import docx

from backend.cases.letters import Letter, LetterRow
from exports.forms.referral_letter import attachments

ROWS = tuple(
    LetterRow(
        number,
        f"F-{number}",
        f"Titel {number}",
        f"Problem\n\x0b{number}",
        "=FORSLAG()",
        "serviceloven § 83",
        "Hvorfor?",
    )
    for number in range(1, 4)
)
LETTER = Letter(
    number="H-2026-014",
    organisation="Lejre Kommune",
    body="Centret",
    to="centret@example.org",
    reply_to="os@example.org",
    subject="Emnet",
    text="Kære Bo\n\n- et punkt\n- et til",
    journal_number="26/1234",
    contact="Sekretariatet",
    sent_date=datetime.date(2026, 11, 25),
    due_date=datetime.date(2026, 12, 23),
    rows=ROWS,
)


def words_of(content):
    word = docx.Document(io.BytesIO(content))
    cells = [cell.text for table in word.tables for row in table.rows for cell in row.cells]
    return word, "\n".join([paragraph.text for paragraph in word.paragraphs] + cells)


def test_the_letter_holds_every_row_and_how_to_answer():
    ((name, content_type, content),) = attachments(LETTER)
    assert (name, content_type.rsplit(".", 1)[1]) == ("H-2026-014.docx", "document")
    word, words = words_of(content)
    for expected in (
        *(
            "Lejre Kommune",
            "Centret",
            "Emnet",
            "et punkt",
            "26/1234",
            "23. december 2026",
            "25. november 2026",
        ),
        *(
            "Titel 1",
            "Titel 3",
            "Problem\n2",
            "=FORSLAG()",
            "serviceloven § 83",
            "Hvorfor?",
            "Jeres svar",
            "F-2",
        ),
    ):
        assert expected in words, expected
    assert "svar/#" not in words
    assert "centret@example.org" not in words
    assert (word.core_properties.author, word.core_properties.language) == ("", "da-DK")


def test_the_same_letter_gives_the_same_bytes():
    assert attachments(LETTER) == attachments(LETTER)
