"""How gunicorn runs Kernetid: ``gunicorn --config python:backend.gunicorn backend.wsgi``."""

import logging
import os
import secrets
from pathlib import Path
from typing import Any

from django.db import connections
from gunicorn.glogging import Logger

from backend.env import Env
from backend.log_redaction import JsonFormatter

env = Env.load(Path(__file__).resolve().parent.parent)

# One for all workers, in memory only, new at every start (backend.examples.throttle).
os.environ.setdefault("THROTTLE_KEY", secrets.token_urlsafe(32))

bind = f"{env.text('HOST', '127.0.0.1')}:{env.number('PORT', 8000)}"
workers = env.number("WORKERS", 2)
worker_class = "gthread"
threads = env.number("THREADS", 4)
timeout = 60
graceful_timeout = 15
keepalive = 5
# Each worker begins anew now and then, so that no leak lasts; not all at the same time.
max_requests = 5000
max_requests_jitter = 500
# An access log would keep addresses and times: there is none.
accesslog = None
control_socket_disable = True
# Loaded once and shared by the workers: they start quicker and take less memory.
preload_app = True


def pre_fork(server: Any, worker: Any) -> None:
    """Leave no database connection open that two processes would share."""
    for connection in connections.all(initialized_only=True):
        connection.close()
        if connection.vendor == "postgresql":
            connection.close_pool()


class RedactedLogger(Logger):
    """gunicorn's own lines name the address of whoever sent a malformed request; ours do not."""

    def setup(self, cfg: Any) -> None:
        """Give every handler the formatter that leaves such things out."""
        super().setup(cfg)
        for handler in self.error_log.handlers:
            handler.setFormatter(JsonFormatter())
        self.access_log.setLevel(logging.CRITICAL)


logger_class = RedactedLogger
