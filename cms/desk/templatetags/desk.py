"""What the desk's templates need beside Django's own."""

from django import template
from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.html import format_html
from django.utils.translation import gettext_lazy

from cms.desk.access import SAVED_DRAFTS, draft_key
from cms.desk.menu import menu_items
from cms.desk.undo import take_undo

register = template.Library()


@register.simple_tag(takes_context=True)
def draft_attrs(context, name):
    """Attributes that let drafts.js keep what is typed in a form until it is saved."""
    return format_html('data-draft="{}"', draft_key(context["request"].user, name))


@register.simple_tag(takes_context=True)
def saved_drafts(context):
    """The drafts that may go; each is told once."""
    request = context.get("request")
    names = request.session.pop(SAVED_DRAFTS, []) if request and hasattr(request, "session") else []
    if not names:
        return ""
    return format_html(
        '<script type="application/json" id="saved-drafts" data-names="{}"></script>', " ".join(names)
    )


@register.simple_tag(takes_context=True)
def desk_menu(context):
    """The desk's entries that are this person's, for a browser in which Wagtail's sidebar is never drawn."""
    request = context.get("request")
    return [item for item in menu_items() if item.is_shown(request)] if request else []


@register.filter
def day(value):
    """A date as Danes write it: 30. maj 2017."""
    return date_format(value, "j. F Y") if value else ""


@register.simple_tag(takes_context=True)
def query(context, **changes):
    """The address's own query with some of it changed; None takes a parameter away."""
    params = context["request"].GET.copy()
    for name, value in changes.items():
        if value is None:
            params.pop(name, None)
        else:
            params[name] = value
    return f"?{params.urlencode()}" if params else "?"


@register.filter
def moment(value):
    """A point in time as staff read it: 30. maj 2017 kl. 14.05."""
    return date_format(timezone.localtime(value), r"j. F Y \k\l. H.i") if value else ""


# What the desk writes in the access log as the purpose; other doors may write their own.
PURPOSES = {
    "api": gettext_lazy("Read through the API"),
    "desk: reading": gettext_lazy("Reading in the desk"),
    "desk: case-making": gettext_lazy("Wording a case"),
    "desk: contact shown": gettext_lazy("Contact shown on request"),
    "desk: file with an answer": gettext_lazy("File with a body's answer"),
    "desk: case list": gettext_lazy("List of cases as a spreadsheet"),
}


@register.filter
def purpose(value):
    """A purpose of the access log in Danish."""
    return PURPOSES.get(value, value)


@register.filter
def decimal(value):
    """A number with a decimal comma and no idle zeros: 15,5."""
    return number_format(value.normalize() if value % 1 else int(value), use_l10n=True, force_grouping=True)


@register.simple_tag(takes_context=True)
def undo_offer(context):
    """What may be undone after the last move; each is offered once."""
    return take_undo(context.get("request"))


@register.filter
def whole(value):
    """A whole number with a dot for the thousands: 12.500."""
    return number_format(value, force_grouping=True)


@register.filter
def date_of(value):
    """The day of a point in time, as people here count days."""
    return timezone.localdate(value)
