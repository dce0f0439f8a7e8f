"""The document as JSON, for machines: the same words with stable keys beside them."""

import json
from typing import Any

from exports.document import Document, Table
from exports.text import clean

CONTENT_TYPE = "application/json"


def write(document: Document) -> bytes:
    """The document as the bytes of a .json file."""
    content = {
        "form": document.form,
        "number": document.number or None,
        "is_draft": bool(document.draft_mark),
        "language": document.language,
        "heading": document.heading,
        "title": document.title,
        "tables": [_table(table) for table in document.tables],
        "sender": [{"label": line.label, "value": clean(line.value)} for line in document.sender_lines],
        "annex": _table(document.annex) if document.annex else None,
        "answers": _table(document.answers) if document.answers else None,
    }
    return (json.dumps(content, ensure_ascii=False, indent=2) + "\n").encode()


def _table(table: Table) -> dict[str, Any]:
    keys = [column.key for column in table.columns]
    return {
        "key": table.key,
        "name": table.name,
        "caption": table.caption,
        "columns": [{"key": column.key, "heading": column.heading} for column in table.columns],
        "rows": [
            {
                "id": row.id,
                "position": position,
                "cells": dict(zip(keys, (clean(text) for text in row.cells), strict=True)),
            }
            for position, row in table.numbered_rows()
        ],
    }
