"""`manage.py openapi`: write the API's description to backend/api/openapi.json, or check that it is fresh."""

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from backend.api.api import api

SNAPSHOT = Path(__file__).resolve().parents[2] / "openapi.json"


class Command(BaseCommand):
    help = "Write the OpenAPI document to backend/api/openapi.json."

    def add_arguments(self, parser: CommandParser) -> None:
        """`--check` changes nothing."""
        parser.add_argument(
            "--check", action="store_true", help="Fail if the committed document is not fresh."
        )

    def handle(self, *args: Any, check: bool, **options: Any) -> None:
        """Write or compare."""
        fresh = (
            json.dumps(api.get_openapi_schema(), indent=1, sort_keys=True, ensure_ascii=False, default=str)
            + "\n"
        )
        if not check:
            SNAPSHOT.write_text(fresh, encoding="utf-8")
            self.stdout.write(f"Wrote {SNAPSHOT.name}.")
        elif not SNAPSHOT.is_file() or SNAPSHOT.read_text(encoding="utf-8") != fresh:
            raise CommandError("backend/api/openapi.json is not fresh. Run `python manage.py openapi`.")
