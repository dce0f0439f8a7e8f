"""What is done about a letter that was sent, one endpoint each; the answer is the letter as it is afterwards.

A link's secret stands in the mail that carries it: no answer here holds one.
"""

from uuid import UUID

from django.http import HttpRequest
from ninja import Query

from backend.cases import actions
from backend.cases.actions.resending import mails_of
from backend.examples.validation import InvalidInput, unknown_choice

from .desk_batches import BatchDetail, find_batch, show_detail
from .errors import Problem
from .filtering import OfOrganisation
from .routing import Router
from .schemas import Input, Nothing, limited

router = Router(tags=["desk: letters"], is_staff=True)


class SendAgainIn(Input):
    """Where it is sent again."""

    to: str | None = limited(
        254, "One of the body's registered addresses; left out: the first on its ladder."
    )


class ReturnedIn(Input):
    """Which of the letter's mails came back."""

    mail: UUID


class EscalateIn(Input):
    """A few words to the next contact; the letter itself stands below them."""

    subject: str = limited(180, default=...)
    letter: str = limited(8000, default=...)


class LinkChoice(Input):
    """Which of the letter's links."""

    link: UUID


def _move(path: str):
    return router.post(
        f"/desk/batches/{{batch_number:number}}/{path}", response={200: BatchDetail, 409: Problem}
    )


def _show_again(request: HttpRequest, number: str, organisation: str) -> dict:
    return show_detail(find_batch(request, number, organisation), request.user)


@_move("send_again")
def send_again(
    request: HttpRequest, number: str, query: Query[OfOrganisation], body: SendAgainIn | None = None
):
    """Mail a letter once more that failed or came back, under a new link; the old one closes."""
    batch = find_batch(request, number, query.organisation)
    actions.send_letter_again(batch=batch, to=body.to if body else None, by=request.user)
    return _show_again(request, number, batch.organisation.key)


@_move("mark_returned")
def mark_returned(request: HttpRequest, number: str, body: ReturnedIn, query: Query[OfOrganisation]):
    """Record that a mail came back, as a person has seen in the mailbox."""
    batch = find_batch(request, number, query.organisation)
    message = next((mail for mail in mails_of([batch])[batch.pk] if mail.pk == body.mail), None)
    if message is None:
        raise InvalidInput([unknown_choice("/mail")])
    actions.mark_returned(batch=batch, message=message, by=request.user)
    return _show_again(request, number, batch.organisation.key)


@_move("escalate")
def escalate(request: HttpRequest, number: str, body: EscalateIn, query: Query[OfOrganisation]):
    """Write to the next contact on the body's ladder about a letter that is late. The first one's link stays open."""
    batch = find_batch(request, number, query.organisation)
    actions.escalate(batch=batch, subject=body.subject, letter=body.letter, by=request.user)
    return _show_again(request, number, batch.organisation.key)


@_move("send_new_link")
def send_new_link(
    request: HttpRequest, number: str, query: Query[OfOrganisation], body: Nothing | None = None
):
    """Let a new link go to the registered address; the old one closes. Once an hour."""
    batch = find_batch(request, number, query.organisation)
    actions.send_new_link(batch=batch, by=request.user)
    return _show_again(request, number, batch.organisation.key)


@_move("revoke_link")
def revoke_link(request: HttpRequest, number: str, body: LinkChoice, query: Query[OfOrganisation]):
    """Close a link, and those passed on from it. What was answered stays."""
    batch = find_batch(request, number, query.organisation)
    link = batch.links.filter(pk=body.link).select_related("batch").first()
    if link is None:
        raise InvalidInput([unknown_choice("/link")])
    actions.revoke_link(link=link, by=request.user)
    return _show_again(request, number, batch.organisation.key)
