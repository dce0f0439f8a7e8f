"""The record of processing: no field about a person without its purpose, who sees it and how long."""

import pytest
from django.apps import apps

from backend.insight.processing import REGISTER

ENTRIES = [entry for group in REGISTER for entry in group.entries]
# Models of which only some fields are about a person; the rest is the secretariat's own text.
PARTLY = {
    "cases.Reply": {"signed_name", "signed_title"},
    "outbox.OutgoingMessage": {
        *("kind", "to_encrypted", "secret_encrypted", "to_hash", "reference", "once_key"),
        *("state", "sent_at"),
    },
}
MODELS = sorted({entry.model for entry in ENTRIES})
# Whatever is added here is kept about a writer, so it must be in the register as well.
WRITERS_OWN = {
    f"examples.{model.__name__}"
    for model in apps.get_app_config("examples").get_models()
    if model.__name__ != "ImportBatch"
}


def fields_of(label: str) -> set[str]:
    """What the model says itself, with what is chosen from a list of the registry; the row's number, and what ties it
    to other rows, say nothing about a person."""
    fields = [field for field in apps.get_model(label)._meta.concrete_fields if not field.primary_key]
    return {
        field.name
        for field in fields
        if not field.is_relation or field.related_model._meta.app_label == "registry"
    }


@pytest.mark.parametrize("label", MODELS)
def test_every_field_stands_in_the_register_once(label: str):
    named = [name for entry in ENTRIES if entry.model == label for name in entry.fields]
    assert sorted(named) == sorted(PARTLY.get(label) or fields_of(label))


def test_every_table_about_writers_is_in_the_register():
    assert WRITERS_OWN - set(MODELS) == set()
