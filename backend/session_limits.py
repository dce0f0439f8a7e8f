"""Ends a staff session after a time without use, and after a working day whatever happens."""

from collections.abc import Callable

from django.conf import settings
from django.contrib.auth import SESSION_KEY, logout
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

STARTED = "session_started"
SEEN = "session_seen"
# A session row is written at most once a minute, not at every request.
SEEN_PRECISION = 60


class SessionLimitsMiddleware:
    """Signs out whoever has been idle or signed in for too long; a visitor without a session is never touched."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if settings.SESSION_COOKIE_NAME in request.COOKIES and SESSION_KEY in request.session:
            self.limit(request)
        return self.get_response(request)

    def limit(self, request: HttpRequest) -> None:
        """Sign out when a limit is passed, else note that the session is in use."""
        now = int(timezone.now().timestamp())
        session = request.session
        started = session.get(STARTED)
        seen = session.get(SEEN)
        if started is not None and now - started >= settings.SESSION_HOURS * 3600:
            logout(request)
            return
        if seen is not None and now - seen >= settings.SESSION_IDLE_MINUTES * 60:
            logout(request)
            return
        if started is None:
            session[STARTED] = now
        # Public pages leave no trace in the session: what is sent there is not tied to who is signed in.
        is_staff_work = request.path.startswith(("/admin/", "/api/v1/desk/"))
        if seen is None or (is_staff_work and now - seen >= SEEN_PRECISION):
            session[SEEN] = now
