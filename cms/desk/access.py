"""Who comes in where: the permission table before every desk view, and the user's organisations behind it."""

import functools

from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from backend.examples.lifecycle import IllegalMove
from backend.organisations.models import Organisation
from backend.organisations.permissions import NotAllowed, can, organisations_where
from backend.organisations.queries import organisation_for_host

# Form drafts that the browser may forget, since what they held is saved (drafts.js).
SAVED_DRAFTS = "desk_saved_drafts"


def desk_view(permission, *, methods=("GET", "HEAD")):
    """Let only those in who hold `permission` somewhere; whose rows they see is the queryset's matter."""

    def decorate(view):
        @require_http_methods(list(methods))
        @functools.wraps(view)
        def guarded(request, *args, **kwargs):
            if not can(request.user, permission, None):
                return forbidden(request)
            try:
                return view(request, *args, **kwargs)
            except NotAllowed:
                return forbidden(request)
            except (IllegalMove, ObjectDoesNotExist):
                # Said on the page it came from, not with an error page.
                messages.error(
                    request, _("That is no longer possible: somebody else may have been here first.")
                )
                return redirect(came_from(request))

        return guarded

    return decorate


def forbidden(request):
    """Answer 403 in the desk's own clothes."""
    return render(request, "desk/forbidden.html", {"title": _("You do not have access to this")}, status=403)


def move_view(permission):
    """A POST that makes one move. Whoever comes with a GET (from signing in again) is shown where the move stands."""

    def decorate(view):
        moving = desk_view(permission, methods=["POST"])(view)

        @functools.wraps(view)
        def move_or_show(request, *args, **kwargs):
            if request.method in ("GET", "HEAD"):
                return redirect(came_from(request))
            return moving(request, *args, **kwargs)

        return move_or_show

    return decorate


def came_from(request):
    """The page that a move was made from: the same address without its last part."""
    return request.path.rstrip("/").rsplit("/", 1)[0] + "/"


def organisations_of(user, permission):
    """The organisations where `user` holds `permission`."""
    return Organisation.objects.filter(id__in=organisations_where(user, permission))


def chosen_organisation(request, permission):
    """The organisation that `?organisation=` names, else the host's, else the user's first; another's is a 404."""
    theirs = organisations_of(request.user, permission)
    key = parameter(request.GET, "organisation")
    if key:
        organisation = theirs.filter(key=key).first()
    else:
        here = organisation_for_host(request.get_host())
        organisation = (here and theirs.filter(pk=here.pk).first()) or theirs.first()
    if organisation is None:
        raise Http404
    return organisation


def parameter(values, name):
    """What stands under `name`, trimmed; nothing where it holds what no database takes and no person types."""
    text = values.get(name, "").strip()[:200]
    return text if text.isprintable() else ""


def forget_draft(request, name):
    """Tell the browser at the next page that the form `name` is saved and its draft may go."""
    request.session[SAVED_DRAFTS] = [*request.session.get(SAVED_DRAFTS, []), draft_key(request.user, name)]


def draft_key(user, name):
    """The name of a form's draft in the tab: never another user's."""
    return f"desk:{user.pk}:{name}"
