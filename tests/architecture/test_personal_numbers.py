"""No text that somebody types is stored with a personal number (CPR): every field is checked, or says why not.

A row that is a `ScreenedText` refuses by itself, which is tried here field by field. The rest is written by actions
which ask `check_text` (tests/backend/examples and the tests of each action), or by the software alone.
"""

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import models
from wagtail.rich_text import RichText

from backend.organisations.screened import ScreenedText, typed_fields
from cms.pages.models import PlainPage

PACKAGES = ("backend", "cms", "exports")
NUMBER = "070190-1234"

# Written through actions that ask check_text (or check_email) of each of these.
ASKED_BY_ACTIONS = {
    "cases.Batch": {"subject", "letter", "journal_number"},
    "cases.Case": {
        *("title", "problem", "proposal", "legislation_text", "area_text", "really_law_paragraph"),
        *("table_reason", "hours_note", "evidence", "closed_reason"),
    },
    "cases.CaseEvent": {"why"},
    "cases.CaseLaw": {"cited_text", "paragraphs"},
    "cases.Referral": {"question", "reason"},
    "cases.ReferralMessage": {"text", "signed_name", "signed_title"},
    "cases.Reply": {
        *("text", "what", "by_whom", "place", "points_to", "plan_url", "held_note"),
        *("signed_name", "signed_title", "evidence"),
    },
    "examples.Example": {"title", "problem", "proposal", "legislation", "workplace", "role"},
    "examples.ExampleEvent": {"why"},
    "examples.Message": {"text"},
    "exports.Submission": {"sent_to"},
}
# Written by the software: keys, marks, sums and sealed values, or a copy of what stands above.
MADE_BY_SOFTWARE = {
    "attachments.StoredFile": {"name", "content_type", "sha256"},
    "cases.AccessLink": {"hash", "to_email_encrypted"},
    "cases.Batch": {"number", "contact"},
    "cases.Case": {"reference", "stems"},
    "cases.CaseEvent": {"move", "from_status", "to_status"},
    "cases.Referral": {"rule_key", "rule_text", "overrides_rule"},
    "cases.SentWording": {"title", "problem", "proposal", "rule", "question"},
    "examples.Contact": {"email_encrypted", "name_encrypted", "email_hmac", "unsubscribe_hash"},
    "examples.Example": {"reference", "source", "source_key", "stems"},
    "examples.ExampleEvent": {"move", "from_status", "to_status"},
    "examples.IdempotencyKey": {"hash", "body_hash", "sealed_answer"},
    "examples.ImportBatch": {"source"},
    "examples.TrackingCode": {"hmac", "scheme"},
    "exports.SubmissionFile": {"sha256"},
    "organisations.AccessEvent": {"reference", "purpose"},
    "outbox.OutgoingAttachment": {"name", "content_type"},
    "outbox.OutgoingMessage": {
        *("kind", "to_encrypted", "to_hash", "subject", "body", "secret_encrypted", "message_id", "once_key"),
        *("last_error", "reference"),
    },
}
# Typed by whoever runs the installation: on the command line, or in the national files, each cell of which is asked.
TYPED_BY_OPERATOR = {
    "organisations.ApiToken": {"name", "hash"},
    **{f"registry.{name}": {"key", "name"} for name in ("Area", "Burden", "Cause", "RuleLevel")},
    "registry.CoreTask": {"key", "camp_key"},
    "registry.Law": {"key", "popular_name", "official_title"},
    "registry.LawAlias": {"text"},
    "registry.LawSuccession": {"paragraphs", "since", "note"},
    "registry.LawVersion": {"type", "eli"},
    "registry.OrganisationRole": {"role"},
}


def our_models():
    return [model for model in apps.get_models() if model.__module__.startswith(PACKAGES)]


SCREENED = [
    (model, field)
    for model in our_models()
    if issubclass(model, ScreenedText)
    for field in typed_fields(model)
    if isinstance(field, models.CharField | models.TextField)
]


def test_every_text_is_screened_or_says_why_not():
    found = {
        model._meta.label: {field.name for field in typed_fields(model)}
        for model in our_models()
        if not issubclass(model, ScreenedText) and typed_fields(model)
    }
    listed: dict[str, set[str]] = {}
    for table in (ASKED_BY_ACTIONS, MADE_BY_SOFTWARE, TYPED_BY_OPERATOR):
        for label, names in table.items():
            assert listed.get(label, set()).isdisjoint(names), label
            listed[label] = listed.get(label, set()) | names
    assert found == listed


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("model", "field"), SCREENED, ids=lambda one: one.name if hasattr(one, "attname") else one._meta.label
)
def test_a_number_is_refused_at_its_field(model, field):
    row = model(**{field.attname: f"Ring {NUMBER}"})
    with pytest.raises(ValidationError) as refused:
        row.clean_fields()
    errors = refused.value.error_dict[field.name]
    assert "cpr_number" in {error.code for error in errors}
    assert NUMBER not in str(refused.value.message_dict[field.name])


@pytest.mark.django_db
@pytest.mark.parametrize("html", [f"<p>Ring {NUMBER}</p>", "<p>Ring <b>0701</b>90-<i>1234</i></p>"])
def test_a_number_in_a_pages_content_is_refused(html):
    page = PlainPage(title="Om os", body=[("text", RichText(html))])
    with pytest.raises(ValidationError) as refused:
        page.clean_fields(exclude={"path", "depth", "slug", "url_path", "content_type"})
    assert set(refused.value.error_dict) == {"body"}
