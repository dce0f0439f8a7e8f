import time

from django.core.management.base import BaseCommand, CommandError
from django.db import close_old_connections
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from backend.cases.clock import StepsFailed, tick


class Command(BaseCommand):
    help = "Does what is due: digests, waiting mail, ended waits. Run it every minute; it never does a thing twice."

    def add_arguments(self, parser):
        parser.add_argument("--at", help="the moment to act as, ISO 8601 (default: now)")
        parser.add_argument("--every", type=int, help="go on, with so many seconds between the runs")

    def handle(self, *, at, every, **options):
        if every:
            self.go_on(every)
        moment = None
        if at is not None:
            moment = parse_datetime(at)
            if moment is None:
                raise CommandError("--at must be a moment such as 2026-11-02T09:00.")
            if timezone.is_naive(moment):
                moment = timezone.make_aware(moment)
        self.run_once(moment)

    def go_on(self, seconds):
        """Run until ended; a step that fails, or a database that is away for a while, ends nothing."""
        while True:
            try:
                self.run_once(None)
            except CommandError as error:
                self.stderr.write(str(error))
            close_old_connections()
            time.sleep(seconds)

    def run_once(self, moment):
        """Do what is due at the moment, and say what it was. CommandError where a step failed, after the others."""
        try:
            done, failed = tick(at=moment), []
        except StepsFailed as error:
            done, failed = error.done, error.names
        self.stdout.write(
            ", ".join(f"{name} {count}" for name, count in done.items() if count) or "nothing due"
        )
        if failed:
            raise CommandError(f"Failed, see the log: {', '.join(failed)}")
