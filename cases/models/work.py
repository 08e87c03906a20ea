"""Work orders: rows that a worker claims, keeps alive and finishes."""

from django.db import models


class WorkOrder(models.Model):
    """The lease of a row that is its own work order; see ``cases.queue``.

    ``token`` is the fencing token: it rises with each claim, and only the holder of
    the latest may write the result. Instants are UTC.
    """

    token = models.PositiveBigIntegerField(default=0, editable=False)
    attempts = models.PositiveIntegerField(default=0, editable=False)
    lease_until = models.DateTimeField(null=True, blank=True, editable=False)
    deadline_at = models.DateTimeField(null=True, blank=True, editable=False)
    hinted_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        abstract = True
