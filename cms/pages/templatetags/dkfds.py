"""The design system's parts, so that a page says what it shows and not how dkfds spells it."""

from django import template
from django.urls import get_script_prefix
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

register = template.Library()

CONTROL_CLASSES = {
    "text": "form-input",
    "email": "form-input",
    "number": "form-input",
    "date": "form-input",
    "file": "kt-files",
    "textarea": "form-input",
    "select": "form-select",
}

# How a status or an outcome looks: `good` leads to something, `moving` is under way, `asks` has something to read.
STATUS_LOOKS = {
    "awaiting_submitter": "asks",
    "accepted": "good",
    "received": "moving",
    "ready": "moving",
    "referred": "moving",
    "answered": "asks",
    "closed": "still",
    "follow": "good",
    "partly": "good",
    "trial": "good",
    "exemption": "good",
    "already_allowed": "good",
    "not": "still",
}


@register.inclusion_tag("components/icon.html")
def icon(name, css=""):
    """A decorative icon of the design system's sprite."""
    return {"name": name, "css": css}


@register.inclusion_tag("components/field.html")
def field(bound, limit=None, suffix="", required=False, say_optional=False):
    """A label, its hint and error, and the control, tied together for screen readers."""
    widget = bound.field.widget
    kind = getattr(widget, "input_type", "textarea")
    described = [f"{bound.id_for_label}-hint"] if bound.help_text else []
    if limit:
        described.append(f"{bound.id_for_label}-limit")
    if bound.errors:
        described.append(f"{bound.id_for_label}-error")
    attrs = {"class": CONTROL_CLASSES[kind]}
    if described:
        attrs["aria-describedby"] = " ".join(described)
    if bound.errors:
        attrs["aria-invalid"] = "true"
    if required:
        attrs["aria-required"] = "true"
    return {
        "field": bound,
        "control": bound.as_widget(attrs=attrs),
        "limit": limit,
        "suffix": suffix,
        "say_optional": say_optional,
    }


@register.inclusion_tag("components/radios.html")
def radios(bound, hints=None):
    """A group of radio buttons with a hint for each choice."""
    chosen = str(bound.value() or "")
    options = [
        {
            "id": f"{bound.id_for_label or bound.auto_id}-{value}",
            "value": value,
            "label": label,
            "hint": (hints or {}).get(value, ""),
            "is_chosen": str(value) == chosen,
        }
        for value, label in bound.field.choices
    ]
    return {"field": bound, "options": options}


@register.inclusion_tag("components/checkbox.html")
def checkbox(bound):
    """One tick with its label and hint."""
    return {"field": bound, "is_ticked": bool(bound.value())}


@register.inclusion_tag("components/error_summary.html")
def error_summary(form):
    """Every error with a link to its field, at the top of the form."""
    items = [
        (bound.id_for_label or bound.auto_id, error)
        for bound in form
        if bound.errors
        for error in bound.errors
    ]
    return {"items": items, "others": form.non_field_errors()}


@register.inclusion_tag("components/status.html")
def status(key, label):
    """A status as a coloured tag; the words carry the meaning, the colour only helps."""
    return {"look": STATUS_LOOKS.get(key, "still"), "label": label}


@register.inclusion_tag("components/breadcrumb.html")
def breadcrumb(*pairs, is_danish=False):
    """A path of (title, address) pairs given flat; the last title, without an address, is this page:
    `is_danish` where somebody wrote it."""
    home = get_script_prefix()
    titles, addresses = pairs[::2], (*(home + address.lstrip("/") for address in pairs[1::2]), "")
    return {"items": list(zip(titles, addresses, strict=False)), "is_danish": is_danish}


@register.filter
def day(value):
    """A date as Danes write it, 30. maj 2017; in English 30 May 2017."""
    if not value:
        return ""
    if hasattr(value, "hour"):
        value = timezone.localtime(value)
    return date_format(value, gettext("j F Y"))


@register.filter
def month(value):
    """A month and year: what a public date is rounded to."""
    return date_format(value, "F Y") if value else ""


@register.filter
def supports(number):
    """How many others it happens to, or that they are too few to tell."""
    return _("under 5") if number is None else number
