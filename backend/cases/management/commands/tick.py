from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from backend.cases.clock import tick


class Command(BaseCommand):
    help = "Does what is due: digests, waiting mail, ended waits. Run it every minute; it never does a thing twice."

    def add_arguments(self, parser):
        parser.add_argument("--at", help="the moment to act as, ISO 8601 (default: now)")

    def handle(self, *, at, **options):
        moment = None
        if at is not None:
            moment = parse_datetime(at)
            if moment is None:
                raise CommandError("--at must be a moment such as 2026-11-02T09:00.")
            if timezone.is_naive(moment):
                moment = timezone.make_aware(moment)
        done = tick(at=moment)
        self.stdout.write(
            ", ".join(f"{name} {count}" for name, count in done.items() if count) or "nothing due"
        )
