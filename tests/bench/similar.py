"""«Similar while typing» by itself: `python -m tests.bench.similar build|ask`, each in a process of its own.

`build` makes the index of all cases; `ask` writes 300 varied texts and looks each up as the web worker does. The floor
is the least that any index of words does: add up the weights of the query's own words over the texts that hold them,
take the five best and read their rows. Both print one line of JSON.
"""

import json
import os
import random
import sys
import time

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "tests.bench.settings"
django.setup()

import numpy as np
from django.db import connection
from django.utils import timezone

from backend.cases.models import Case
from backend.cases.queries import similar_cases
from backend.cases.similar import indexes
from backend.cases.similar.likeness import terms
from backend.cases.similar.segment import build
from backend.organisations.models import Organisation
from tests.bench.filling import sentence, telling_sentence

QUERIES = 300


def memory():
    """Megabytes of this process: its own, and mapped from files (which processes share)."""
    with open("/proc/self/status") as status:
        sizes = {line.split(":")[0]: line.split()[1] for line in status if line.startswith("Rss")}
    return int(sizes["RssAnon"]) / 1024, int(sizes["RssFile"]) / 1024


def texts(seed):
    """What people might be typing: one or two sentences in the cases' words, every third with a slip."""
    rng = random.Random(seed)
    for number in range(QUERIES):
        text = f"{sentence(rng)} {telling_sentence(rng)}"
        if number % 3 == 0:
            place = rng.randrange(10, len(text) - 2)
            text = f"{text[:place]}{text[place + 1]}{text[place]}{text[place + 2 :]}"
        yield text


def timed(work, argument):
    """Milliseconds by the clock, those of the processor, and the result; a busy machine sets the two apart."""
    begun, used = time.perf_counter(), time.process_time()
    result = work(argument)
    return (time.perf_counter() - begun) * 1000, (time.process_time() - used) * 1000, result


def percentiles(taken):
    return [round(float(np.percentile(taken, share)), 1) for share in (50, 95)]


def make(organisation):
    """Make the file from nothing."""
    path = indexes.path_of(organisation.pk)
    path.unlink(missing_ok=True)
    before = sum(memory())
    begun = time.perf_counter()
    mark = indexes.newest_event()
    segment = build(
        indexes.texts_of(Case.objects.filter(organisation=organisation)), mark=mark, built=time.time()
    )
    indexes.write(segment, path)
    seconds = time.perf_counter() - begun
    with open("/proc/self/status") as status:
        peak = next(int(line.split()[1]) / 1024 for line in status if line.startswith("VmHWM"))
    return {
        "seconds": round(seconds, 1),
        "megabytes": round(path.stat().st_size / 1e6, 1),
        "words": segment.word_count,
        "peak": round(peak - before),
    }


def ask(organisation):
    """Look the texts up among the public cases, and among all as the desk does."""
    public = Case.objects.public().filter(organisation=organisation)
    everything = Case.objects.filter(organisation=organisation)
    similar_cases(public.none(), "intet")
    connection.ensure_connection()
    idle = memory()
    first, _used, _found = timed(lambda text: similar_cases(public, text), "Vi skriver det samme to gange")
    index = indexes.index_of(organisation.pk)
    base = index.base

    def least(text):
        sums = np.zeros(len(base), np.float32)
        for word in dict.fromkeys(terms(text)):
            number = base.number_of(word)
            if number is not None:
                holders, weights = base.postings(number)
                sums[holders] += weights
        best = np.argpartition(-sums, 5)[:5]
        return list(Case.objects.filter(reference__in=[base.references[at].decode() for at in best]))

    floor, taken, used, desk, found = [], [], [], [], 0
    for text in texts(1):
        floor.append(timed(least, text)[0])
        milliseconds, processor, rows = timed(lambda text: similar_cases(public, text), text)
        taken.append(milliseconds)
        used.append(processor)
        found += bool(rows)
    after = memory()
    for text in texts(2):
        desk.append(timed(lambda text: similar_cases(everything, text), text)[0])
    later = memory()
    # A case that came since the file was made.
    new = Case(
        organisation=organisation,
        reference="F-bench",
        title="Zebrastribernes vedligehold",
        problem="Zebrastriberne skal males to gange.",
        created_date=timezone.localdate(),
    )
    new.save(force_insert=True)
    new.events.create(move="make_case", to_status="draft", on_date=timezone.localdate())
    fresh, _used, rows = timed(lambda text: similar_cases(everything, text), "zebrastriber skal males")
    is_found = [row.pk for row in rows][:1] == [new.pk]
    Case.objects.filter(pk=new.pk).delete()
    return {
        "floor": percentiles(floor),
        "public": percentiles(taken),
        "processor": percentiles(used),
        "desk": percentiles(desk),
        "found": found,
        "first": round(first),
        "own": round(after[0] - idle[0], 1),
        "mapped": round(after[1] - idle[1], 1),
        "growth": round(sum(later) - sum(after), 1),
        "fresh": round(fresh) if is_found else None,
    }


if __name__ == "__main__":
    work = {"build": make, "ask": ask}[sys.argv[1]]
    print(json.dumps(work(Organisation.objects.get(key="maal"))))
