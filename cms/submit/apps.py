from django.apps import AppConfig


class SubmitConfig(AppConfig):
    name = "cms.submit"
    default_auto_field = "django.db.models.BigAutoField"
