"""Each organisation's index: a file of all its cases, and in memory what has changed since the file was made.

What has changed is read from the history, which every move of a case writes in its own transaction: a new, edited or
emptied wording is found by the next query. The file is made anew by `manage.py tick` on each machine (`make_due`).
Without a file, or with a damaged one, the newest cases are compared.
"""

import datetime
import fcntl
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock
from uuid import UUID

import numpy as np
from django.conf import settings
from django.db.models import Count, Max, QuerySet

from backend.cases.models import Case, CaseEvent
from backend.organisations.models import Organisation

from .segment import DamagedFile, Segment, Text, build, read, write

logger = logging.getLogger(__name__)

# So many cases are compared without a file, and so many changed ones beside a file.
MOST_IN_MEMORY = 1000
# An organisation with fewer needs no file: its cases are read when somebody asks.
FEWEST_IN_FILE = 500
# Numbers in the history are given out before their transactions end, so a little of it is read again.
_OVERLAP = 500
_MANY_CHANGES = 200
# The history that a query may have to look through, that of other organisations too.
_LONG_HISTORY = 5000
# The file is made anew at most so often that it takes about half a percent of a processor: 100,000 cases, 67 minutes.
_SECONDS_PER_CASE = 0.04


class Index:
    """What one process knows of one organisation's index."""

    def __init__(self, organisation_id: UUID) -> None:
        self.organisation_id = organisation_id
        self.path = path_of(organisation_id)
        self.base: Segment | None = None
        self.delta = build([])
        self.hidden = np.zeros(0, np.uint32)
        self._lock = Lock()
        self._stamp: tuple[int, ...] | None = None
        self._since = 0
        self._seen: tuple[object, ...] | None = None
        self._texts: dict[UUID, Text] = {}

    def now(self) -> tuple[list[Segment], dict[int, np.ndarray]]:
        """The segments to search and the hidden numbers of each, as the database stands: one query, four after a
        change."""
        with self._lock:
            self._open()
            # Of all organisations, by primary key alone: no database can choose a slow way to that.
            events = CaseEvent.objects.filter(pk__gt=self._since).order_by()
            count, last = events.aggregate(count=Count("pk"), last=Max("pk")).values()
            if self._seen != (self._since, count, last):
                self._read_changes()
                if count > _LONG_HISTORY // 2:
                    self._since = last - _OVERLAP
                self._seen = (self._since, count, last)
            if self.base is None:
                return [self.delta], {}
            return [self.base, self.delta], {0: self.hidden}

    def _open(self) -> None:
        """Map the file if it is another one than before."""
        try:
            stat = self.path.stat()
            stamp = (stat.st_ino, stat.st_mtime_ns, stat.st_size)
        except OSError:
            stamp = None
        if stamp != self._stamp:
            self.base = open_base(self.path) if stamp else None
            self._stamp, self._seen, self._since = stamp, None, begin_of_history(self.base)

    def _read_changes(self) -> None:
        versions = changed(self.organisation_id, self.base)
        self._texts = {key: text for key, text in self._texts.items() if versions.get(key) == text.version}
        missing = [key for key in versions if key not in self._texts]
        self._texts |= {text.key: text for text in texts_of(Case.objects.filter(pk__in=missing))}
        self.delta = build(self._texts.values(), average=self.base.average if self.base else None)
        known = self.base.find(versions) if self.base else {}
        self.hidden = np.array(sorted(known.values()), dtype=np.uint32)


_indexes: dict[UUID, Index] = {}
_MOST_INDEXES = 100


def index_of(organisation_id: UUID) -> Index:
    """The process's index of the organisation."""
    if organisation_id not in _indexes:
        if len(_indexes) >= _MOST_INDEXES:
            _indexes.clear()
        _indexes[organisation_id] = Index(organisation_id)
    return _indexes[organisation_id]


def path_of(organisation_id: UUID) -> Path:
    """Where the organisation's file is."""
    return Path(settings.INDEX_FOLDER) / f"similar-{organisation_id}.index"


def texts_of(cases: QuerySet[Case]) -> Iterator[Text]:
    """The words of the cases by which they are found."""
    rows = cases.order_by().values_list("reference", "pk", "version", "title", "problem", "proposal")
    for reference, key, version, title, problem, proposal in rows.iterator(chunk_size=2000):
        yield Text(reference, key, version, title, f"{problem}\n{proposal}")


def begin_of_history(base: Segment | None) -> int:
    """The history after this number is not in the file; a little of it is."""
    return max(0, base.mark[0] - _OVERLAP) if base is not None and base.mark else 0


def changed(organisation_id: UUID, base: Segment | None) -> dict[UUID, int]:
    """The cases that the file tells otherwise or not at all, and their versions: at most the newest thousand."""
    if base is None:
        rows = Case.objects.filter(organisation=organisation_id).order_by("-created_date", "reference")
        return dict(rows.values_list("pk", "version")[:MOST_IN_MEMORY])
    events = CaseEvent.objects.filter(pk__gt=begin_of_history(base)).order_by("-pk")
    newest = list(dict.fromkeys(events.values_list("case", flat=True)[: 2 * _LONG_HISTORY]))
    # By primary key, and sorted out here: an index of the organisation would lead past all its cases.
    rows_ = Case.objects.filter(pk__in=newest).order_by().values_list("pk", "version", "organisation")
    found = {key: version for key, version, organisation in rows_ if organisation == organisation_id}
    versions = {key: found[key] for key in newest if key in found}
    for key, number in base.find(versions).items():
        if base.versions[number] == versions[key]:
            del versions[key]
    return dict(list(versions.items())[:MOST_IN_MEMORY])


def newest_event() -> list[object] | None:
    """The mark of a file that is begun now."""
    last = CaseEvent.objects.order_by("-pk").values_list("pk", "case").first()
    return [last[0], last[1].hex] if last else None


def open_base(path: Path) -> Segment | None:
    """The file, or None where there is none to be used: missing, damaged, or made from another database."""
    try:
        base = read(path)
    except (OSError, DamagedFile):
        return None
    if base.mark and not CaseEvent.objects.filter(pk=base.mark[0], case=UUID(base.mark[1])).exists():
        return None
    return base


def make_due(*, at: datetime.datetime) -> int:
    """Make every organisation's file anew that is due at `at`, on this machine. Returns how many.

    A folder that cannot be written stops nothing else: the newest cases are compared until it can.
    """
    made = 0
    for organisation_id in Organisation.objects.order_by("key").values_list("pk", flat=True):
        try:
            made += make_anew(organisation_id, now=at.timestamp())
        except OSError as error:
            logger.warning("The index of similar cases cannot be written: %s", error.strerror)
    return made


def make_anew(organisation_id: UUID, *, now: float) -> bool:
    """Make the organisation's file if it is time to. `now`: seconds since 1970. Says whether it was made.

    One process of a machine at a time; another one goes on with what there is.
    """
    path = path_of(organisation_id)
    count = Case.objects.filter(organisation=organisation_id).count()
    if count < FEWEST_IN_FILE:
        path.unlink(missing_ok=True)
        return False
    with _alone(path.with_suffix(".lock")) as is_alone:
        if not is_alone or not _is_due(organisation_id, open_base(path), count, now):
            return False
        mark = newest_event()
        cases = Case.objects.filter(organisation=organisation_id)
        write(build(texts_of(cases), mark=mark, built=now), path)
    return True


def _is_due(organisation_id: UUID, base: Segment | None, count: int, now: float) -> bool:
    if base is None or base.built > now:
        return True
    versions = changed(organisation_id, base)
    new = len(versions) - len(base.find(versions))
    if count != len(base) + new:
        return True  # rows that came without a history, or were taken away
    if versions:
        # Words that somebody took back leave the file at once (P-9).
        emptied = Case.objects.filter(pk__in=list(versions), problem="")
        age = now - base.built
        if len(versions) >= _MANY_CHANGES or age >= len(base) * _SECONDS_PER_CASE or emptied.exists():
            return True
    since = base.mark[0] if base.mark else 0
    return CaseEvent.objects.filter(pk__gt=since).count() >= _LONG_HISTORY


@contextmanager
def _alone(path: Path) -> Iterator[bool]:
    """Whether this process got the lock; it is let go at the end, also when the process dies."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True
