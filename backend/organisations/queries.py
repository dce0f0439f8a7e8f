"""Which organisation a request speaks to."""

from .models import ApiToken, Organisation
from .permissions import moment


def organisation_for_host(host):
    """The organisation whose hostname is `host` (port and case aside), or None."""
    name = host.rsplit(":", 1)[0].lower() if not host.endswith("]") else host.lower()
    return Organisation.objects.filter(hostname=name).first()


def user_for_token(token, *, at=None):
    """The usable ApiToken with its user for a presented token, or None."""
    return (
        ApiToken.objects.usable(at=moment(at))
        .filter(hash=ApiToken.digest(token))
        .select_related("user")
        .first()
    )
