"""The project: wiring only, no rule of the field."""

from compliance.celery import app as celery_app

__all__ = ["celery_app"]
