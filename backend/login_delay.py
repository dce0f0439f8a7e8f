"""Slows guessing of passwords down, without shutting the right person out.

Wrong tries are counted per account and network, and per network over all accounts; each further try waits longer,
up to a minute. A person who signs in from elsewhere is not held up by somebody's guessing. Neither address nor
account is kept: both are counted as an HMAC under a key that lives in the server's memory.
"""

import hashlib
import hmac
import time
from collections.abc import Callable

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from backend.error_pages import error_page
from backend.examples.throttle import network_key

REMEMBERED_SECONDS = 60 * 60
LONGEST_DELAY = 60
# So many wrong tries are free: for one account, and for a network (a whole town hall may stand behind one address).
FREE_FOR_ACCOUNT = 5
FREE_FOR_NETWORK = 100
# So many mails about a new password in an hour: for one account from anywhere, and for a network over all accounts.
RESETS_FOR_ACCOUNT = 3
RESETS_FOR_NETWORK = 100


def delay_after(failures: int, free: int) -> int:
    """Return how many seconds must pass after so many wrong tries: none at first, then doubling up to a minute."""
    if failures < free:
        return 0
    return min(2 ** min(failures - free, 10), LONGEST_DELAY)


def counters(request: HttpRequest) -> dict[str, int]:
    """Return the keys that a try counts under, with the number of free ones."""
    network = network_key(request)
    account = request.POST.get("username", "").strip().casefold()
    digest = hmac.new(
        settings.THROTTLE_KEY.encode(), f"{network}:{account}".encode(), hashlib.sha256
    ).hexdigest()
    return {f"login:{digest}": FREE_FOR_ACCOUNT, f"login:{network}": FREE_FOR_NETWORK}


def counted(name: str, now: float) -> tuple[int, int]:
    """Count one more under `name` in the running hour. Returns how many, and the seconds until the hour is over."""
    digest = hmac.new(settings.THROTTLE_KEY.encode(), name.encode(), hashlib.sha256).hexdigest()
    number, ends = cache.get(f"reset:{digest}", (0, now + REMEMBERED_SECONDS))
    if ends <= now:
        number, ends = 0, now + REMEMBERED_SECONDS
    cache.set(f"reset:{digest}", (number + 1, ends), max(1, int(ends - now)))
    return number + 1, int(ends - now) + 1


class LoginDelayMiddleware:
    """Answers 429 to a try that comes too soon after wrong ones; sends nobody a heap of mail about a new password."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method != "POST" or not settings.THROTTLES:
            return self.get_response(request)
        if request.path == reverse("wagtailadmin_password_reset"):
            return self.new_password(request)
        if request.path != reverse("wagtailadmin_login"):
            return self.get_response(request)
        keys = counters(request)
        now = time.time()
        wait = max((until - now for _failures, until in cache.get_many(keys).values()), default=0)
        if wait > 0:
            return error_page(request, 429, retry_after=int(wait) + 1)
        response = self.get_response(request)
        if request.user.is_authenticated:
            # What was guessed at this account from here is forgiven; the network's count stands.
            cache.delete(next(iter(keys)))
        else:
            for key, free in keys.items():
                failures = cache.get(key, (0, 0.0))[0] + 1
                cache.set(key, (failures, now + delay_after(failures, free)), REMEMBERED_SECONDS)
        return response

    def new_password(self, request: HttpRequest) -> HttpResponse:
        """Let a few through; what comes on top gets the same answer and sends nothing: nobody learns anything."""
        now = time.time()
        number, seconds = counted(f"network:{network_key(request)}", now)
        if number > RESETS_FOR_NETWORK:
            return error_page(request, 429, retry_after=seconds)
        account = request.POST.get("email", "").strip().casefold()
        if counted(f"account:{account}", now)[0] > RESETS_FOR_ACCOUNT:
            return HttpResponseRedirect(reverse("wagtailadmin_password_reset_done"))
        return self.get_response(request)
