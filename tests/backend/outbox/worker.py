"""A process that begins a worker for each moment it reads on its input: `manage.py tick`, as a process of its own.

Django is set up once, so that a test can kill many workers. Prints each worker's pid, and «ended» when it is gone.
"""

import os
import sys

import django

django.setup()

from django.core.management import call_command  # noqa: E402 - only after the set-up

for line in sys.stdin:
    pid = os.fork()
    if not pid:
        sys.stdout = sys.stderr = open(os.devnull, "w")  # noqa: SIM115 - the process ends with it
        call_command("tick", at=line.strip())
        os._exit(0)
    print(pid, flush=True)
    os.waitpid(pid, 0)
    print("ended", flush=True)
