"""Where a law's page is, and a text with the rules it cites as links to them."""

from django import template
from django.urls import get_script_prefix
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import mark_safe

from backend.registry.addresses import slug_of
from backend.registry.citations import find_citations

register = template.Library()


@register.filter
def law_slug(law):
    """The last part of the address of a law's page."""
    return slug_of(law.key)


@register.filter
def law_address(law):
    """The address of the page of a law, given as the law or its key."""
    return f"{get_script_prefix()}regler/{slug_of(getattr(law, 'key', law))}/"


@register.filter(needs_autoescape=True)
def with_rules(text, names, autoescape=True):
    """`text`, escaped, with each citation of a known law as a link. `names`: the vocabulary (`read_names`)."""
    escaped = conditional_escape if autoescape else str
    pieces, place = [], 0
    for citation in find_citations(str(text), names):
        if citation.law is None:
            continue
        pieces.append(escaped(text[place : citation.start]))
        pieces.append(format_html('<a href="{}">{}</a>', law_address(citation.law), citation.text))
        place = citation.end
    pieces.append(escaped(text[place:]))
    return mark_safe("".join(pieces))  # noqa: S308 - each piece is escaped above
