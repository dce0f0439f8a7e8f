"""Writes the desk's case list as XLSX, as the product or as bare openpyxl; prints seconds and peak MB above idle."""

import os
import sys
import time
from tempfile import TemporaryFile

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "tests.bench.settings"
django.setup()

from django.utils import translation

from backend.cases.models import Case
from backend.organisations.models import User
from cms.desk.views.cases import HEADINGS, case_rows
from exports.formats.rows_xlsx import Heading, write_rows
from tests.bench import floors


def memory(name):
    """A figure of /proc/self/status in MB."""
    with open("/proc/self/status") as status:
        return next(int(row.split()[1]) / 1024 for row in status if row.startswith(name))


def main(kind):
    translation.activate("da")
    # The same rows for both, read from the database in the same way: what differs is the writing.
    user = User.objects.get(email="maal@example.org")
    cases = Case.objects.visible_to(user).order_by("-created_date", "reference")
    rows = case_rows(cases, user)
    first = next(rows)
    target = TemporaryFile()
    with open("/proc/self/clear_refs", "w") as clear:
        clear.write("5")
    idle, begun = memory("VmRSS"), time.perf_counter()
    if kind == "product":
        write_rows([Heading(str(text), width) for text, width in HEADINGS], rows, target, title="Forslag")
    else:
        floors.write_only(rows, target)
    seconds, peak = time.perf_counter() - begun, memory("VmHWM") - idle
    if not first or target.tell() < 1000:
        raise SystemExit("nothing was written")
    print(f"{seconds:.2f} {peak:.1f}")


if __name__ == "__main__":
    main(sys.argv[1])
