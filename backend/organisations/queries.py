"""Which organisation a request speaks to."""

from .models import ApiToken, Organisation
from .permissions import moment


def hostname_of(host):
    """A Host header as `Organisation.hostname` has it: without the port, in lower case."""
    return host.lower() if host.endswith("]") else host.rsplit(":", 1)[0].lower()


def organisation_for_host(host):
    """The organisation whose hostname is `host` (port and case aside), or None."""
    return Organisation.objects.filter(hostname=hostname_of(host)).first()


def user_for_token(token, *, at=None):
    """The usable ApiToken with its user for a presented token, or None."""
    return (
        ApiToken.objects.usable(at=moment(at))
        .filter(hash=ApiToken.digest(token))
        .select_related("user")
        .first()
    )
