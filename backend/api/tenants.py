"""Whose data a call speaks of: the host's organisation, or the one that `organisation` names."""

from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.http import Http404, HttpRequest

from backend.organisations.models import Organisation
from backend.organisations.permissions import only_organisation
from backend.organisations.queries import organisation_for_host


def open_organisation(request: HttpRequest, key: str | None = None) -> Organisation:
    """The organisation of an open call; 404 where there is none."""
    if key:
        found = Organisation.objects.filter(key=key).first() if key.isprintable() else None
    else:
        found = organisation_for_host(request.get_host()) or _own_machine(request)
    if found is None:
        raise Http404
    return found


def _own_machine(request: HttpRequest) -> Organisation | None:
    """127.0.0.1 and localhost are one machine: whoever tries the program out may write either."""
    if request.get_host().rsplit(":", 1)[0] not in settings.LOOPBACK:
        return None
    return Organisation.objects.filter(hostname__in=settings.LOOPBACK).first()


def in_one(rows: QuerySet, user: Any, path: str = "organisation") -> QuerySet:
    """`rows`, visible to the user already, named by the one organisation that most have: read from its index."""
    only = only_organisation(user)
    return rows.filter(**{path: only}) if only else rows


def check_own(request: HttpRequest, key: str | None) -> None:
    """Staff calls cover all the user's organisations; one that is not theirs does not exist to them."""
    if key and not (
        key.isprintable() and Organisation.objects.visible_to(request.user).filter(key=key).exists()
    ):
        raise Http404
