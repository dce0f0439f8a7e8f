"""The Danish names that the API's contract fixes; pages, files and the API say the same."""

import re
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from django.conf import settings

from backend.cases import lifecycle as cases
from backend.examples import lifecycle as examples
from backend.examples.models import SetAsideReason

LABELS = [
    (
        examples.Status,
        {
            "received": "Modtaget",
            "awaiting_submitter": "Vi har spurgt dig",
            "accepted": "Indgår i et forslag",
            "set_aside": "Lagt til side",
            "withdrawn": "Trukket tilbage af dig",
            "erased": "Slettet",
        },
    ),
    (
        SetAsideReason,
        {
            "outside_campaign": "Uden for kampagnen",
            "belongs_elsewhere": "Hører til et andet sted",
            "whistleblower": "Hører til i whistleblowerordningen",
            "no_example": "Vi kunne ikke finde et eksempel i teksten",
            "spam": "Spam",
        },
    ),
    (
        cases.Status,
        {
            "draft": "Kladde",
            "ready": "Klar til at blive sendt",
            "referred": "Sendt videre",
            "answered": "Besvaret",
            "closed": "Afsluttet",
        },
    ),
    (
        cases.ReferralStatus,
        {
            "prepared": "Forberedt",
            "sent": "Sendt",
            "acknowledged": "Set",
            "asked_back": "Spørger tilbage",
            "answered": "Besvaret",
            "returned": "Ikke hos os",
            "cancelled": "Trukket tilbage",
        },
    ),
    (
        cases.Outcome,
        {
            "follow": "Lovet",
            "partly": "Lovet delvist",
            "not": "Bliver ikke ændret",
            "trial": "Forsøg",
            "exemption": "Dispensation",
            "already_allowed": "Det er allerede tilladt",
            "lacks_facts": "Vi mangler oplysninger",
            "not_ours": "Ikke hos os – prøv …",
        },
    ),
    (
        cases.ReasonCode,
        {
            "law_requires": "Loven kræver det",
            "safety": "Sikkerhed eller retssikkerhed",
            "cost": "Økonomi",
            "other_priority": "Andet går forud",
            "disagree": "Vi er uenige",
            "other": "Andet",
        },
    ),
]
# "Sag", "klage" and "indberetning" are not used of what people write here, and nobody is promised to be anonymous.
WORDS_NOT_USED = re.compile(r"\b(anonym\w*|klage\w*|indberet\w*|sag|sagen|sager|sagerne)\b", re.IGNORECASE)
# The law's own words, for its own things: whom to complain to, and the duty to report adverse events.
THE_LAWS_OWN = re.compile(
    r"klage til Datatilsynet|^Digitaliseringsstyrelsen|[Hh]ændelse|kravet om at indberette"
)
PO = Path(settings.BASE_DIR) / "backend" / "locale" / "da" / "LC_MESSAGES" / "django.po"


@pytest.mark.parametrize(("choices", "labels"), LABELS, ids=lambda value: getattr(value, "__qualname__", ""))
def test_states_and_answers_bear_the_contracts_names(choices, labels):
    assert {value: str(label) for value, label in choices.choices} == labels


def test_words_that_are_not_used():
    with PO.open("rb") as file:
        texts = [
            text
            for message in read_po(file, locale="da")
            if message.id
            for text in ([message.string] if isinstance(message.string, str) else message.string)
        ]
    assert {text for text in texts if WORDS_NOT_USED.search(text) and not THE_LAWS_OWN.search(text)} == set()
