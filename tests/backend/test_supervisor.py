import os
import signal
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = """
import sys
from backend.supervisor import Supervisor
sleep = [sys.executable, "-c", "import time; time.sleep(60)"]
short = [sys.executable, "-c", "import sys; sys.exit(3)"]
supervisor = Supervisor({"one": sleep, "two": short if "short" in sys.argv else sleep})
sys.exit(supervisor.run())
"""


def start(*words: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", SCRIPT, *words],
        cwd=ROOT,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def children(pid: int) -> list[int]:
    found = subprocess.run(
        ["ps", "-o", "pid=", "--ppid", str(pid)], capture_output=True, text=True, check=False
    )
    return [int(word) for word in found.stdout.split()]


def wait_for_children(pid: int, count: int) -> list[int]:
    for _ in range(100):
        if len(children(pid)) == count:
            break
        time.sleep(0.05)
    return children(pid)


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_a_signal_ends_everything():
    for number in (signal.SIGINT, signal.SIGTERM):
        with start() as process:
            pids = wait_for_children(process.pid, 2)
            assert len(pids) == 2
            time.sleep(0.3)
            process.send_signal(number)
            assert process.wait(timeout=20) == 0
            assert not any(is_alive(pid) for pid in pids)


def test_the_end_of_one_is_the_end_of_all():
    with start("short") as process:
        assert process.wait(timeout=20) == 1
        assert process.stderr
        assert "two ended with 3" in process.stderr.read()
