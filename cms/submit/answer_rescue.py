"""What was typed on a body's page when there is no letter to show it in: given back to be copied, stored nowhere."""

import re

from cms.submit.answer_forms import AnswerForm, CorrectionForm, PassOnForm, SignatureForm

_FIELD = re.compile(r"(?P<prefix>[0-9a-f]{32}(?P<wrong>-wrong)?|together|colleague)-(?P<name>\w+)")
_POSITION = re.compile(r"\d{1,4}")


def typed_in(data):
    """Every panel's text in the POST `data`, of any length: [(the row's number or "", [(label, text), …])].

    The rows are numbered as the page that was posted numbered them; nothing is looked up. What has been given back
    once already (`kept`) comes along again.
    """
    panels = {}
    for name in data:
        found = _FIELD.fullmatch(name)
        if found is None:
            continue
        form = form_of(found)
        text = data.get(name, "").strip()
        if found["name"] in form.base_fields and text:
            label, text = in_words(form.base_fields[found["name"]], text)
            panels.setdefault(found["prefix"], []).append((label, text))
    typed = [(position_of(data, prefix), lines) for prefix, lines in panels.items()]
    return [*typed, *(("", [("", text)]) for text in data.getlist("kept") if text.strip())]


def form_of(found):
    """The form that a field with such a name belongs to."""
    if found["prefix"] == "colleague":
        return PassOnForm
    return CorrectionForm if found["wrong"] else AnswerForm


def in_words(field, text):
    """(label, text), a choice by its words."""
    return field.label, str(dict(getattr(field, "choices", ())).get(text, text))


def position_of(data, prefix):
    """The row's number as the page said it."""
    position = data.get(f"{prefix}-row", "")
    return position if _POSITION.fullmatch(position) else ""


def signature_in(data):
    """Who was about to answer: [(label, text), …]."""
    fields = SignatureForm.base_fields
    return [(field.label, data[name]) for name, field in fields.items() if data.get(name, "").strip()]
