"""The one Django app with tables."""

from django.apps import AppConfig


class RecordsConfig(AppConfig):
    name = "claimwright.office.records"
    label = "records"
    default_auto_field = "django.db.models.BigAutoField"
