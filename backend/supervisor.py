"""Runs the web server and the worker as one: what ends one ends both, and nothing is left behind."""

import signal
import subprocess
import sys
import time
from collections.abc import Callable
from types import FrameType

GRACE_SECONDS = 20


class Supervisor:
    """A few commands that live and die together; the others wait until the first one is ready."""

    def __init__(
        self,
        commands: dict[str, list[str]],
        is_ready: Callable[[], bool] = lambda: True,
        tell: Callable[[], None] = lambda: None,
    ) -> None:
        self.commands = commands
        self.is_ready = is_ready
        self.tell = tell
        self.children: dict[str, subprocess.Popen[bytes]] = {}
        self.is_stopping = False

    def run(self) -> int:
        """Run until told to stop (0) or until one of the commands ends by itself (1)."""
        signal.signal(signal.SIGINT, self.ask_to_stop)
        signal.signal(signal.SIGTERM, self.ask_to_stop)
        signal.signal(signal.SIGHUP, self.ask_to_stop)
        try:
            first, *others = self.commands
            self.start(first)
            return self.watch(others)
        finally:
            self.stop_all()

    def start(self, name: str) -> None:
        """Start one command in a session of its own: ctrl-C reaches us alone, and we end the children in order."""
        self.children[name] = subprocess.Popen(self.commands[name], start_new_session=True)

    def watch(self, waiting: list[str]) -> int:
        """Wait for an end; once the first command is ready, tell so and start those that wait."""
        is_told = False
        while not self.is_stopping:
            if not is_told and self.is_ready():
                self.tell()
                is_told = True
                for name in waiting:
                    self.start(name)
            for name, child in self.children.items():
                if child.poll() is not None:
                    print(f"{name} ended with {child.returncode}; stopping the rest.", file=sys.stderr)
                    return 1
            time.sleep(0.2)
        return 0

    def ask_to_stop(self, number: int, frame: FrameType | None) -> None:
        """Note a signal."""
        self.is_stopping = True

    def stop_all(self) -> None:
        """Ask every child to end, and end those that do not."""
        for child in self.children.values():
            if child.poll() is None:
                child.terminate()
        deadline = time.monotonic() + GRACE_SECONDS
        for child in self.children.values():
            try:
                child.wait(timeout=max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()
