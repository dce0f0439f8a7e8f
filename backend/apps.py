from django.apps import AppConfig


class BackendConfig(AppConfig):
    """Holds the commands that concern the whole product, such as its translations."""

    name = "backend"
