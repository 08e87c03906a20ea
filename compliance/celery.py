"""The Celery app and the beat schedule, each line with its reason."""

import os

from celery import Celery

from cases.enums import TaskName

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "compliance.settings")

app = Celery("candor")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

SWEEP_SECONDS = 5
CLEAR_SECONDS = 3600
SEAL_SECONDS = 5
REMIND_SECONDS = 3600

app.conf.beat_schedule = {
    # A lost hint costs these seconds and nothing else: the row waits (cases/queue.py).
    # A sweep nobody took before the next one is due is worth nothing any more.
    "sweep": {
        "task": TaskName.SWEEP.value,
        "schedule": SWEEP_SECONDS,
        "options": {"expires": SWEEP_SECONDS},
    },
    # Until an event is sealed, the database's own refusal is all that holds it.
    "seal": {
        "task": TaskName.SEAL_TRAIL.value,
        "schedule": SEAL_SECONDS,
        "options": {"expires": SEAL_SECONDS},
    },
    # A killed worker's half-made files hold people's records and are nobody's: they
    # don't lie about for longer than this.
    "clear": {
        "task": TaskName.CLEAR.value,
        "schedule": CLEAR_SECONDS,
        "options": {"expires": CLEAR_SECONDS},
    },
    # A pull order is due on a day: an hour after it ended is soon enough.
    "remind": {
        "task": TaskName.REMIND.value,
        "schedule": REMIND_SECONDS,
        "options": {"expires": REMIND_SECONDS},
    },
}
