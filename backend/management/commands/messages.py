from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from backend import translations


class Command(BaseCommand):
    """Keep the Danish texts in step with the code."""

    help = "Collects the texts to translate into backend/locale and compiles them; no GNU gettext is needed."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Say which parts of the work can be asked for alone."""
        parser.add_argument(
            "--check", action="store_true", help="change nothing; fail where a text lacks Danish"
        )
        parser.add_argument("--compile", action="store_true", help="only compile")

    def handle(self, *args: Any, **options: Any) -> None:
        """Check, compile, or collect and compile."""
        if options["check"]:
            found = translations.shortcomings()
            if found:
                raise CommandError("\n".join([*found, f"{len(found)} texts want attention."]))
            self.stdout.write("Every text has its Danish.")
            return
        if not options["compile"]:
            new, gone = translations.extract()
            self.stdout.write(f"{new} new texts, {gone} gone.")
        self.stdout.write(f"{translations.compile_all()} files compiled.")
