"""Laws on a case: recognised where it is certain, never rewritten, and suggested with the sections that are cited."""

import datetime

import pytest

from backend.cases.actions import edit_case
from backend.cases.suggestions import suggest_laws
from backend.registry.actions import load_registry
from tests.factories import make_campaign, make_case, make_organisation, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def saved(db):
    """Save `rows` of (cited text, sections) on a case; gives (law, cited text, sections) as stored."""
    load_registry()
    organisation = make_organisation("lejre")
    by = make_user("coordinator", organisation)
    case = make_case(make_campaign(organisation), by)

    def save(*rows):
        laws = [{"law": None, "cited_text": text, "paragraphs": sections} for text, sections in rows]
        edit_case(case=case, version=case.version, by=by, laws=laws)
        return [(row.law and row.law.key, row.cited_text, row.paragraphs) for row in case.case_laws.all()]

    return save


@pytest.mark.parametrize(
    "text, law, sections",
    [
        ("SEL § 83, stk. 1", "serviceloven", "§ 83"),
        ("servicelovens § 83 og § 85 a", "serviceloven", "§§ 83, 85 a"),
        ("§§ 83-87 i serviceloven", "serviceloven", "§§ 83-87"),
        ("GDPR art. 9, stk. 2", "databeskyttelsesforordningen", "art. 9"),
        ("Lov om social service", "serviceloven", ""),
        ("serviceloven og sundhedsloven", None, ""),
        ("voksenansvarsloven § 3", None, ""),
        ("§ 83", None, ""),
        ("vores egen regel om SEL § 83", None, ""),
    ],
)
def test_a_rule_is_recognised_where_it_is_certain_and_stands_as_cited(saved, text, law, sections):
    assert saved((text, "")) == [(law, text, sections)]


def test_sections_that_a_person_wrote_stand(saved):
    assert saved(("SEL § 83", "§ 84")) == [("serviceloven", "SEL § 83", "§ 84")]


def test_saving_the_same_again_changes_nothing(saved):
    first = saved(("SEL § 83", ""))
    assert saved(*[(text, sections) for _law, text, sections in first]) == first


def test_suggested_laws_come_with_their_words_and_sections(db):
    load_registry()
    found = suggest_laws("Efter SEL § 83 og sundhedslovens § 140. Se også servicelovens § 86.")
    assert [(one.value.key, one.sections) for one in found] == [
        ("serviceloven", "§§ 83, 86"),
        ("sundhedsloven", "§ 140"),
    ]
    assert "SEL § 83" in found[0].reason


def test_a_rule_that_stays_keeps_who_found_it_and_when(db):
    campaign = make_campaign(make_organisation())
    by = make_user("coordinator", campaign.organisation)
    case = make_case(campaign, by)
    then = datetime.date(2026, 3, 2)
    case.case_laws.create(cited_text="en gammel aftale", found_by="software", cited_date=then)
    laws = [{"cited_text": "en ny vane"}, {"cited_text": "en gammel aftale"}]
    edit_case(case=case, version=case.version, by=by, laws=laws)
    assert [(row.cited_text, row.found_by, row.cited_date == then) for row in case.case_laws.all()] == [
        ("en ny vane", "person", False),
        ("en gammel aftale", "software", True),
    ]
