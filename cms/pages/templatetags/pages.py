"""What every page shows around its content."""

from django import template

from cms.pages import queries

register = template.Library()


@register.simple_tag(takes_context=True)
def surroundings(context):
    """The organisation and the menu of the site that the request came to."""
    request = context.get("request")
    return queries.surroundings(request) if request is not None else None
