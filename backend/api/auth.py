"""Who asks: a personal token, or the session of the desk (with a CSRF token where something is written)."""

from django.http import HttpRequest
from ninja.security import HttpBearer, SessionAuth

from backend.organisations.permissions import NotAllowed
from backend.organisations.queries import user_for_token

READING = {"GET", "HEAD", "OPTIONS"}
LONGEST_TOKEN = 200


class PersonalToken(HttpBearer):
    """`Authorization: Bearer …`. A token with the scope `read` opens no writing door."""

    def authenticate(self, request: HttpRequest, token: str):
        """The token's user, who becomes the request's; None for anything else."""
        if not token or len(token) > LONGEST_TOKEN:
            return None
        found = user_for_token(token)
        if found is None:
            return None
        if found.scope != "write" and request.method not in READING:
            raise NotAllowed("token.scope")
        request.user = found.user
        return found.user


class DeskSession(SessionAuth):
    """The session of whoever is signed in to the desk."""

    def __call__(self, request: HttpRequest):
        """The signed-in user. A request that brings a token is judged by the token alone."""
        if "Authorization" in request.headers or not request.user.is_authenticated:
            return None
        return super().__call__(request)


STAFF = [PersonalToken(), DeskSession()]
