from django.apps import AppConfig


class ExamplesConfig(AppConfig):
    name = "backend.examples"
    default_auto_field = "django.db.models.BigAutoField"
