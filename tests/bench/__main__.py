"""`make bench`: each figure beside its floor in the same run, at 1,000, 10,000 and 100,000 examples and cases.

Measures on SQLite unless DATABASE_URL names PostgreSQL. `make bench SIZES=1000` is a short run, and
`python -m tests.bench similar` one of «Similar while typing» alone.
"""

import json
import os
import subprocess
import sys
import time
import uuid
from itertools import islice

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "tests.bench.settings"
django.setup()

from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext, setup_test_environment
from django.urls import reverse

from backend.cases.models import Case
from backend.cases.similar.search import search
from backend.cases.similar.segment import Text, build
from cms.pages.sites import make_site, sync_groups
from exports.actions import add_case, create_draft
from exports.formats import FORMATS
from exports.queries import document_of
from tests.backend.cases import similar_set
from tests.bench import filling, floors
from tests.factories import make_body

SIZES = [int(size) for size in os.environ.get("SIZES", "1000,10000,100000").split(",")]
ONLY_SIMILAR = sys.argv[1:] == ["similar"]
HOST = "maal.localhost"


def median(work, times=7):
    """The middle one of the seconds that `work` takes."""
    taken = []
    for _ in range(times):
        begun = time.perf_counter()
        work()
        taken.append(time.perf_counter() - begun)
    return sorted(taken)[times // 2]


def line(what, figure, floor, goal=""):
    print(f"  {what:<44} {figure:>16} {floor:>26}   {goal}", flush=True)


def ok(response):
    """The whole answer, which must be a 2xx."""
    if not 200 <= response.status_code < 300:
        raise SystemExit(f"{response.request['PATH_INFO']} answered {response.status_code}")
    return b"".join(response.streaming_content) if response.streaming else response.content


def submissions(client):
    """Submissions a second through the API, beside a bare ninja view that validates and inserts one row."""
    body = {
        "campaign": "mere-tid",
        "problem": "Vi skriver de samme oplysninger i to systemer hver dag.",
        "minutes": 5,
    }
    count = 150

    def post(address, data):
        for _ in range(count):
            ok(client.post(address, data, content_type="application/json"))

    # Taken in turns, so that a noisy neighbour disturbs both alike.
    ours = bare = 0.0
    for _ in range(3):
        bare += median(lambda: post("/bare/notes", {"text": body["problem"]}), 1)
        ours += median(lambda: post("/api/v1/examples", body), 1)
    ours, bare = 3 * count / ours, 3 * count / bare
    line(
        "submissions",
        f"{ours:.0f}/s",
        f"bare view {bare:.0f}/s",
        f"{ours / bare:.2f} of its floor (goal ≥ 0.5)",
    )


def first_pages(client, firsts):
    bare = median(lambda: ok(client.get("/bare/list")))
    for what, address in (
        ("desk case list, first page", reverse("desk:cases")),
        ("public case list", "/forslag/"),
    ):
        ok(client.get(address))
        with CaptureQueriesContext(connection) as queries:
            ok(client.get(address))
        count = len(queries)  # the next request empties the log
        taken = median(lambda address=address: ok(client.get(address)))
        firsts.setdefault(what, taken)
        goal = f"{taken / firsts[what]:.2f} × its time at {SIZES[0]:,} (goal ≤ 1.5), {count} queries"
        line(what, f"{taken * 1000:.0f} ms", f"bare list {bare * 1000:.1f} ms", goal)


def form_export(organisation, user):
    """The ministry's form of 1,000 rows as XLSX."""
    body = make_body(f"fm{Case.objects.count()}")
    submission = create_draft(organisation=organisation, body=body, by=user)
    for case in Case.objects.filter(organisation=organisation).ready_for_form()[:1000]:
        add_case(submission=submission, case=case, by=user)
    rows = submission.rows.count()
    document = document_of(submission)
    cells = [row.cells for table in document.tables for row in table.rows]
    taken = median(lambda: FORMATS["xlsx"].write(document_of(submission)), 3)
    with open(os.devnull, "wb") as sink:
        bare = median(lambda: floors.write_only(cells, sink), 3)
    line(
        f"form export, {rows:,} rows, XLSX",
        f"{taken * 1000:.0f} ms",
        f"openpyxl write-only {bare * 1000:.0f} ms",
    )
    submission.rows.all().delete()
    submission.delete()


def open_data(client):
    taken = median(lambda: ok(client.get("/api/v1/cases.csv")), 3)
    rows = list(
        Case.objects.public().values_list("reference", "title", "problem", "proposal", "status", "hours")
    )
    bare = median(lambda: floors.plain_csv(rows), 3)
    line(
        f"open data CSV, {len(rows):,} rows",
        f"{taken:.2f} s",
        f"csv module {bare:.2f} s",
        f"{len(rows) / taken:.0f} rows/s",
    )


def spreadsheet(size):
    """The desk's list as XLSX, each in a process of its own so that its peak memory is its own."""
    seconds, peaks = {}, {}
    for kind in ("floor", "product"):
        out = subprocess.run(
            [sys.executable, "-m", "tests.bench.spreadsheet", kind],
            capture_output=True,
            text=True,
            check=True,
        ).stdout.split()
        seconds[kind], peaks[kind] = float(out[0]), float(out[1])
    line(
        f"desk case list as XLSX, {size:,} rows",
        f"{seconds['product']:.1f} s",
        f"openpyxl write-only {seconds['floor']:.1f} s",
        f"{seconds['product'] / seconds['floor']:.2f} × its floor (goal ≤ 1.3)",
    )
    line(
        "  peak memory above the idle process",
        f"{peaks['product']:.0f} MB",
        f"openpyxl write-only {peaks['floor']:.0f} MB",
        "(goal ≤ 60 MB)",
    )


def similar(size):
    """Similar while typing: the index, and asking it, each in a process of its own."""
    made, asked = (
        json.loads(
            subprocess.run(
                [sys.executable, "-m", "tests.bench.similar", work],
                capture_output=True,
                text=True,
                check=True,
            ).stdout
        )
        for work in ("build", "ask")
    )
    floor = f"{asked['floor'][0]} / {asked['floor'][1]} ms"
    for what, key in (("public cases", "public"), ("the desk's", "desk")):
        p50, p95 = asked[key]
        line(
            f"similar, {what}, p50 / p95",
            f"{p50} / {p95} ms",
            f"own words only {floor}",
            "(goal p95 ≤ 50 ms)",
        )
    p50, p95 = asked["processor"]
    line("  of the processor's time, p50 / p95", f"{p50} / {p95} ms", "")
    line(
        "  first in a process; after a new case",
        f"{asked['first']}; {asked['fresh']} ms",
        "",
        f"{asked['found']} of 300 found some",
    )
    line(
        "  memory: own above idle, and mapped",
        f"{asked['own']} + {asked['mapped']} MB",
        f"file {made['megabytes']} MB",
        f"growth over 300 more: {asked['growth']} MB (goal ≤ 100 MB a machine)",
    )
    line(
        f"  index of {size:,} cases, {made['words']:,} words",
        f"{made['seconds']} s to make",
        f"{size / made['seconds']:,.0f} cases/s",
        f"at most {made['peak']} MB meanwhile",
    )


def quality():
    """Recall and rank on the test set of the cases that are meant."""
    rows = [*similar_set.cases(), *similar_set.distractors()]
    keys = {uuid.uuid5(uuid.NAMESPACE_URL, key): key for key, _title, _problem in rows}
    segment = build(
        Text(key, uuid.uuid5(uuid.NAMESPACE_URL, key), 1, title, problem) for key, title, problem in rows
    )
    figures = similar_set.Figures(
        lambda text: [keys[likely.key] for likely in islice(search([segment], text), similar_set.SHOWN)]
    )
    needless = [len(keys) for _text, keys in figures.shown_for_none]
    line(
        f"similar, {figures.asked.total()} queries among {len(rows)} cases",
        f"recall@5 {figures.recall:.3f}",
        f"MRR {figures.mrr:.3f}",
        ", ".join(f"{kind} {figures.found[kind]}/{figures.asked[kind]}" for kind in figures.asked)
        + f"; {figures.shown / figures.asked.total():.1f} shown,"
        f" {sum(needless) / len(needless):.1f} where none is meant",
    )


def workers():
    """Memory of each web worker of the production server, after it has answered a hundred pages."""
    port = 8790
    environment = {**os.environ, "PORT": str(port), "DJANGO_SETTINGS_MODULE": "tests.bench.settings"}
    server = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", "--config", "python:backend.gunicorn", "backend.wsgi"],
        env=environment,
        stderr=subprocess.DEVNULL,
    )
    try:
        call = f"curl -s -o /dev/null -H 'Host: {HOST}' http://127.0.0.1:{port}"
        subprocess.run(
            f"for i in $(seq 50); do {call}/healthz && break; sleep 0.2; done", shell=True, check=True
        )
        subprocess.run(f"for i in $(seq 100); do {call}/forslag/; done", shell=True, check=True)
        children = subprocess.run(
            ["pgrep", "-P", str(server.pid)], capture_output=True, text=True, check=True
        ).stdout
        for number, pid in enumerate(children.split(), 1):
            with open(f"/proc/{pid}/smaps_rollup") as rollup:
                sizes = {
                    words[0]: int(words[1]) / 1024 for words in map(str.split, rollup) if len(words) == 3
                }
            line(f"web worker {number}", f"{sizes['Rss:']:.0f} MB", f"its own share {sizes['Pss:']:.0f} MB")
    finally:
        server.terminate()
        server.wait()


def main():
    setup_test_environment()
    if connection.vendor == "sqlite":
        for ending in ("", "-wal", "-shm"):
            path = str(connection.settings_dict["NAME"]) + ending
            if os.path.exists(path):
                os.remove(path)
    call_command("migrate", verbosity=0)
    call_command("createcachetable", verbosity=0)
    floors.make_table()
    organisation, campaign, user = filling.world()
    make_site(organisation)
    sync_groups(user)
    client = Client(headers={"host": HOST})
    client.force_login(user)
    visitor = Client(headers={"host": HOST})
    firsts = {}
    for size in SIZES:
        begun = time.perf_counter()
        filling.fill(size, organisation, campaign, user)
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("ANALYZE")
        print(
            f"\n{size:,} examples and cases on {connection.vendor} ({time.perf_counter() - begun:.0f} s to fill)"
        )
        if not ONLY_SIMILAR:
            submissions(visitor)
            first_pages(client, firsts)
            form_export(organisation, user)
            open_data(visitor)
        similar(size)
    print()
    quality()
    if ONLY_SIMILAR:
        return
    spreadsheet(SIZES[-1])
    workers()


if __name__ == "__main__":
    main()
