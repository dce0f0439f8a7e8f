"""Challenging a rule: filled in from the case, changed by a person, fetched as a Word file, logged."""

import io

import docx
import pytest

from backend.examples.models import Example
from backend.organisations.models import AccessEvent
from tests.factories import make_body, make_case

TYPED = {
    "subject": "Ansøgning om forsøg",
    "introduction": "Vi beder om lov til at prøve.",
    "rule": "serviceloven § 83",
    "problem": "Det samme skrives to steder.",
    "wish": "Fritag os for den ene registrering i to år.",
    "effect": "Cirka 30–40 timer om året (skøn).",
    "from_date": "2027-01-01",
    "to_date": "2028-12-31",
    "contact": "Bo Holm",
}


@pytest.fixture
def body(lejre):
    return make_body("ministeriet", "Ministeriet for Ældre", kind="ministry", level="state")


@pytest.fixture
def case(lejre):
    return make_case(lejre.campaign, lejre.coordinator, legislation_text="serviceloven § 83")


def url(case):
    return f"/admin/forslag/{case.reference}/udfordring/"


def test_what_the_case_says_is_filled_in(coordinator, body, case):
    page = coordinator.get(url(case)).content.decode()
    assert "serviceloven § 83" in page
    assert case.problem in page
    assert case.proposal in page
    assert url(case) in coordinator.get(f"/admin/forslag/{case.reference}/").content.decode()


def test_the_letter_is_a_word_file_with_what_was_typed_and_is_logged(coordinator, body, case):
    answer = coordinator.post(url(case), TYPED | {"body": body.pk})
    assert answer.status_code == 200
    assert answer["Content-Disposition"] == f'attachment; filename="udfordring-{case.reference}.docx"'
    word = docx.Document(io.BytesIO(answer.content))
    words = "\n".join(
        [*(line.text for line in word.paragraphs)]
        + [cell.text for row in word.tables[0].rows for cell in row.cells]
    )
    dates = {"from_date", "to_date"}
    for text in [*(text for name, text in TYPED.items() if name not in dates), "Ministeriet for Ældre"]:
        assert text in words
    assert "1. januar 2027 til 31. december 2028" in words
    assert AccessEvent.objects.get(kind="export").reference == f"udfordring-{case.reference}.docx"
    case.refresh_from_db()
    assert case.status == "draft"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("wish", "Borger 010190-1234 skal slippe."),
        ("to_date", "2026-12-31"),
        ("rule", " "),
        ("effect", "a\x0bb"),
    ],
)
def test_a_fault_is_shown_and_nothing_typed_is_lost(coordinator, body, case, name, value):
    answer = coordinator.post(url(case), TYPED | {"body": body.pk, name: value})
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [name]
    assert TYPED["introduction"] in answer.content.decode()
    assert not AccessEvent.objects.exists()


def test_a_halted_case_and_one_for_the_secretariat_only_get_no_letter(coordinator, body, case):
    Example.objects.update(audience="secretariat")
    assert coordinator.post(url(case), TYPED | {"body": body.pk}).status_code == 422
    Example.objects.update(audience="all")
    case.flag = "enkeltsag"
    case.save()
    assert coordinator.post(url(case), TYPED | {"body": body.pk}).status_code == 422
    assert not AccessEvent.objects.exists()


def test_another_organisations_case_and_body_are_out_of_reach(coordinator, noerreby, body, case):
    theirs = make_case(noerreby.campaign, noerreby.coordinator)
    assert coordinator.get(url(theirs)).status_code == 404
    foreign = make_body("x", "Deres center", organisation=noerreby.organisation)
    assert coordinator.post(url(case), TYPED | {"body": foreign.pk}).status_code == 422


def test_a_reader_writes_no_letter(client, lejre, case):
    client.force_login(lejre.people["reader"])
    assert client.get(url(case)).status_code == 403
