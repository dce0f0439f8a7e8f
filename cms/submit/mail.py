"""The page behind the link in mails to writers: yes to mail, or no more mail and the address deleted.

A GET changes nothing: mail filters open links. The POST with one click is what RFC 8058 asks for; it needs nothing but
the token in the address, which opens nothing else.
"""

from django.template.response import TemplateResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from backend.error_pages import error_page
from backend.examples.contacts import confirm_address, contact_for_token, forget_address
from backend.examples.throttle import admit
from cms.pages.queries import surroundings

LONGEST_TOKEN = 200


# A mail program posts without a page of ours, so the origin is not asked for: whoever holds the token may do this.
@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def mail_choice(request):
    """Ask on GET; on POST confirm the address, or delete it."""
    organisation = surroundings(request).organisation
    if retry_after := admit("track", request).retry_after:
        return error_page(request, 429, retry_after)
    token = request.GET.get("t", "")[:LONGEST_TOKEN]
    contact = contact_for_token(token, organisation=organisation) if organisation else None
    if contact is None:
        state = "unknown"
    elif request.method != "POST":
        state = "confirmed" if contact.confirmed_date else "new"
    elif request.POST.get("do") == "yes":
        confirm_address(token=token, organisation=organisation)
        state = "said_yes"
    else:
        forget_address(token=token, organisation=organisation)
        state = "forgotten"
    context = {"state": state, "token": token, "organisation": organisation}
    # Whoever presses twice is told the same again, not that something is wrong.
    return TemplateResponse(request, "submit/mail.html", context, status=200)
