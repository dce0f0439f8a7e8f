"""The way back after a move, offered on the next page: every move has one."""

from django.urls import reverse
from django.utils.translation import gettext as _

UNDO = "desk_undo"


def offer_undo(request, text, *references):
    """Remember what was just done with these examples, so that the next page can offer to undo it."""
    request.session[UNDO] = {"text": str(text), "references": list(references)}


def take_undo(request):
    """What may be undone, told once: (text, url, references) or None."""
    kept = request.session.pop(UNDO, None) if request else None
    if kept is None:
        return None
    return {
        "text": kept["text"],
        "url": reverse("desk:undo"),
        "references": kept["references"],
        "label": _("Undo"),
    }
