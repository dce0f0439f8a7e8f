"""How often: the ceilings of backend.examples.throttle as ninja's throttles."""

from django.http import HttpRequest
from ninja.throttling import BaseThrottle

from backend.examples.throttle import admit, seconds_left


class PerNetwork(BaseThrottle):
    """Refuses a network that asks more often than its ceiling; `kind` is a key of CEILINGS."""

    def __init__(self, kind: str) -> None:
        self.kind = kind

    def allow_request(self, request: HttpRequest) -> bool:
        """Count the request."""
        return admit(self.kind, request).retry_after is None

    def wait(self) -> float:
        """Seconds until the window ends."""
        return seconds_left()


READS: list[BaseThrottle] = [PerNetwork("read")]
TRACKING: list[BaseThrottle] = [PerNetwork("track")]
SIMILAR: list[BaseThrottle] = [PerNetwork("similar")]
