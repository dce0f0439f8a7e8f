"""Two languages on a page: addresses that keep the visitor's, and words that stay Danish in an English page."""

from django import template
from django.urls import get_script_prefix
from django.utils.safestring import mark_safe

from backend.language import is_english, language_code

register = template.Library()

register.simple_tag(language_code, name="html_lang")


@register.simple_tag
def root():
    """Where the site begins in the visitor's language, "/" or "/en/": put before every address of a page."""
    return get_script_prefix()


@register.simple_tag
def danish():
    """` lang="da"` on an English page, for what a person wrote: it is shown as it is, and read aloud as Danish."""
    return mark_safe(' lang="da"') if is_english() else ""
