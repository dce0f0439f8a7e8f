"""Ceilings against floods that keep no address and never stop an ordinary town hall (P-1, P-26).

An address is only ever counted as an HMAC with a key that lives in the server's memory and a new date every day.
Each process counts for itself and tells the shared cache at every twentieth part of a ceiling: an ordinary visitor
leaves nothing in the cache, and without a cache every process still holds the ceiling by itself.
"""

import hashlib
import hmac
import ipaddress
import logging
import threading
import time
from dataclasses import dataclass

from django.conf import settings
from django.core.cache import cache
from django.utils import timezone

logger = logging.getLogger(__name__)

WINDOW = 600  # seconds
# A cache that did not answer is left alone for a while, so that nobody waits for it.
CACHE_REST = 15
MOST_COUNTED = 50_000
STEPS = 20


@dataclass(frozen=True)
class Ceiling:
    """How often in a window: from one network before it is refused or set aside, and to one subject from all.

    None: no such ceiling. A subject is what is sent to, such as a campaign; its ceiling sets aside, never refuses.
    """

    network: int
    network_aside: int | None = None
    subject_aside: int | None = None


# 300 people of one town hall, their reloads and double clicks, stay far below.
CEILINGS = {
    "read": Ceiling(network=20_000),
    "similar": Ceiling(network=6_000),
    "submit": Ceiling(network=3_000, network_aside=600, subject_aside=900),
    # Cleaning files takes seconds of the processor: twice 300 people who each attach something.
    "attach": Ceiling(network=600),
    "support": Ceiling(network=3_000, network_aside=400, subject_aside=600),
    # The code has 88 bits; this only spares the database.
    "track": Ceiling(network=6_000),
    # A link has 256 bits; a centre that works through its rows stays far below.
    "answer": Ceiling(network=6_000),
    "sign_in": Ceiling(network=6_000),
}


@dataclass(frozen=True)
class Passage:
    """May it go on? `retry_after` seconds when refused; `is_quarantined` when it goes on but is set aside."""

    retry_after: int | None = None
    is_quarantined: bool = False


class Counter:
    """Counts in this process, and with the others through the cache."""

    def __init__(self):
        self._lock = threading.Lock()
        self._counts = {}
        self._window = None
        self._cache_rests_until = 0.0

    def add(self, key, ceiling, *, now):
        """One more under `key`; returns how many the processes together have counted, as far as is known."""
        window = int(now // WINDOW)
        step = max(ceiling // STEPS, 1)
        with self._lock:
            if window != self._window or len(self._counts) > MOST_COUNTED:
                self._counts, self._window = {}, window
            mine, untold, others = self._counts.get(key, (0, 0, 0))
            mine, untold = mine + 1, untold + 1
            tells = untold >= step
            self._counts[key] = (mine, 0 if tells else untold, others)
        if tells:
            others = self._tell(f"throttle:{window}:{key}", untold, mine, now=now)
            with self._lock:
                if window == self._window and key in self._counts:
                    mine, untold, _before = self._counts[key]
                    self._counts[key] = (mine, untold, others)
        return mine + others

    def _tell(self, key, untold, mine, *, now):
        """Add `untold` to the shared count; returns what the other processes have told."""
        if now < self._cache_rests_until:
            return 0
        try:
            total = cache.get(key, 0) + untold
            cache.set(key, total, WINDOW)
        except Exception:
            # Whatever kind of cache it is, its absence must neither open nor close the door.
            logger.warning("The cache does not answer; each process counts for itself")
            self._cache_rests_until = now + CACHE_REST
            return 0
        return max(total - mine, 0)

    def forget(self):
        """Begin anew (between tests)."""
        with self._lock:
            self._counts, self._window, self._cache_rests_until = {}, None, 0.0


counter = Counter()


def client_address(request):
    """The address that the outermost trusted proxy saw; what a client wrote in X-Forwarded-For is not believed."""
    forwarded = [
        part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",") if part.strip()
    ]
    if settings.TRUSTED_PROXIES > 0 and forwarded:
        return forwarded[-min(settings.TRUSTED_PROXIES, len(forwarded))]
    return request.META.get("REMOTE_ADDR", "")


def network_key(request):
    """An HMAC of the sender's network: of the address, for IPv6 of its /64."""
    address = client_address(request)
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        network = "unknown"
    else:
        network = (
            str(ipaddress.ip_network((parsed, 64), strict=False)) if parsed.version == 6 else str(parsed)
        )
    key = f"{settings.THROTTLE_KEY}{timezone.localdate()}"
    return hmac.new(key.encode(), network.encode(), hashlib.sha256).hexdigest()[:32]


def admit(kind, request, *, subject=None):
    """Count one request of `kind` (a key of CEILINGS) and say whether it may go on. `subject`: what it is sent to."""
    if not settings.THROTTLES:
        return Passage()
    ceiling = CEILINGS[kind]
    now = time.time()
    network = network_key(request)
    count = counter.add(f"{kind}:{network}", ceiling.network_aside or ceiling.network, now=now)
    if count > ceiling.network:
        return Passage(retry_after=seconds_left(now))
    if ceiling.network_aside is not None and count > ceiling.network_aside:
        # Not counted on the subject: one network's flood must not set aside what others send to it meanwhile.
        return Passage(is_quarantined=True)
    if subject is not None and ceiling.subject_aside is not None:
        count = counter.add(f"{kind}:to:{subject}", ceiling.subject_aside, now=now)
        return Passage(is_quarantined=count > ceiling.subject_aside)
    return Passage()


def seconds_left(now=None):
    """Until a new window begins."""
    return WINDOW - int((time.time() if now is None else now) % WINDOW)
