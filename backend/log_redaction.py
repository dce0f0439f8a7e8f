"""Log lines as JSON, without what could tell who wrote or what was written."""

import json
import logging
import re
import traceback
from datetime import UTC, datetime

REDACTED = "[…]"
PATTERNS = [
    re.compile(r"[^\s@/\"'<>]+@[^\s@/\"'<>]+\.\w+"),  # e-mail addresses
    re.compile(r"(?<=\?)[^\s\"']+"),  # query strings
    re.compile(r"\b\d{1,3}(?:\.\d{1,3}){3}\b"),  # IPv4
    re.compile(r"(?<![\w:])(?:[0-9a-fA-F]{0,4}:){2,7}[0-9a-fA-F]{0,4}(?![\w:])"),  # IPv6
    re.compile(r"\b\d{6}[\s./–−-]?\d{4}\b"),  # what looks like a CPR number
    re.compile(r"(?<![\w-])(?=[\w-]*\d)(?=[\w-]*[A-Za-z])[\w-]{22,}(?![\w-])"),  # tokens and keys
    re.compile(
        r"(?:[a-zæøå]{3,12}[ +_-]+|[a-zæøå]{3,12}%20){7}[a-zæøå]{3,12}", re.IGNORECASE
    ),  # a tracking code
]


def redact(text: str) -> str:
    """Take addresses, numbers of persons, tokens, codes and query strings out of a line."""
    for pattern in PATTERNS:
        text = pattern.sub(REDACTED, text)
    return text


def frames(error: BaseException) -> list[str]:
    """Return where an error was raised: its message is left out, since it may quote what was sent."""
    return [
        f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(error.__traceback__)
    ]


class JsonFormatter(logging.Formatter):
    """Writes one JSON object a line, from what is known to be harmless."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="seconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": self.message(record),
        }
        if record.exc_info and record.exc_info[1]:
            error = record.exc_info[1]
            line["error"] = type(error).__name__
            line["frames"] = frames(error)
        return json.dumps(line, ensure_ascii=False)

    def message(self, record: logging.LogRecord) -> str:
        """Return the text; Django's own lines name the view's address pattern, never the path that was asked for."""
        request = getattr(record, "request", None)
        if request is None:
            return redact(record.getMessage())
        match = getattr(request, "resolver_match", None)
        words = str(record.msg).split("%", 1)[0].strip(" :(")
        status = getattr(record, "status_code", "")
        return f"{words} {status} {request.method} /{match.route if match else ''}".strip()
