"""Celery's application and its schedule, each line with its reason."""

import os

from celery import Celery

from cases.enums import TaskName

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "compliance.settings")

app = Celery("candor")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(["disclosures"])
app.conf.beat_schedule = {
    # The broker may lose any message: this brings back each row with work left.
    "sweep": {"task": TaskName.SWEEP.value, "schedule": 5.0},
}
