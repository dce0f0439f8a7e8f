"""The page that asks to wait and carries along what was typed: the bodies' page and the tracking page are themselves
answers to a POST, so that going back would lose it."""

from django.template.response import TemplateResponse


def wait(request, status, retry_after, *, address="svar/"):
    """Too many requests (429), or no database (503): everything typed is carried along, and one press tries again.

    `address`: where it is sent again. The page asks nothing of the database itself.
    """
    context = {
        "fields": everything_in(request.POST),
        "status": status,
        "minutes": -(-retry_after // 60),
        "address": address,
    }
    response = TemplateResponse(request, "submit/wait.html", context, status=status)
    response.headers["Retry-After"] = str(retry_after)
    return response


def everything_in(data):
    """Every field of the POST as (name, value), to be sent again as it is. Files cannot come along."""
    return [(name, value) for name, values in data.lists() for value in values]
