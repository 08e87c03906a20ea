"""The case: one served instrument and everything done about it.

Each instrument has fields of its own without which it can't be answered; the table
below says which, and the database refuses a row that lacks one.
"""

from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from cases.enums import (
    CaseStatus,
    Channel,
    Disposition,
    Instrument,
    IssuerKind,
    Jurisdiction,
    Secrecy,
)

# What an instrument must state beyond the fields that each request needs.
REQUIRED_BY_INSTRUMENT: dict[str, tuple[str, ...]] = {
    Instrument.GRAND_JURY_SUBPOENA: ("issuing_court", "due_on"),
    Instrument.ADMINISTRATIVE_SUBPOENA: ("statute_cited", "due_on"),
    Instrument.TRIAL_SUBPOENA: ("issuing_court", "due_on"),
    Instrument.CIVIL_SUBPOENA: ("issuing_court", "due_on"),
    Instrument.COURT_ORDER: ("issuing_court", "statute_cited", "due_on"),
    Instrument.SEARCH_WARRANT: ("issuing_court", "due_on"),
    Instrument.PEN_REGISTER: ("issuing_court", "statute_cited", "due_on"),
    Instrument.NATIONAL_SECURITY_LETTER: ("statute_cited", "due_on"),
    Instrument.PRESERVATION_REQUEST: ("statute_cited",),
    Instrument.EMERGENCY_REQUEST: ("emergency_grounds",),
    Instrument.TREATY_REQUEST: ("treaty_reference", "due_on"),
    Instrument.EUROPEAN_PRODUCTION_ORDER: ("issuer_kind", "due_on"),
}
_DATES = frozenset({"due_on"})

# Instruments of which only named persons may know (18 U.S.C. 2709(c)).
FOR_NAMED_PERSONS = frozenset({Instrument.NATIONAL_SECURITY_LETTER})

OPEN = frozenset(CaseStatus) - {CaseStatus.RELEASED, CaseStatus.CLOSED}


def _stated(field: str) -> Q:
    return Q(**{f"{field}__isnull": False}) if field in _DATES else ~Q(**{field: ""})


def _instrument_is_complete(
    instrument: str, fields: tuple[str, ...]
) -> models.CheckConstraint:
    complete = Q()
    for field in fields:
        complete &= _stated(field)
    return models.CheckConstraint(
        name=f"case_{instrument}_complete",
        condition=~Q(instrument=instrument) | complete,
        violation_error_message=_(
            "This instrument needs more: see the fields marked for it."
        ),
    )


class CaseQuerySet(models.QuerySet["Case"]):
    """Questions about cases; chainable."""

    def unanswered(self) -> "CaseQuerySet":
        """Cases from which the requester still waits for something."""
        return self.filter(status__in=OPEN)

    def ordinary(self) -> "CaseQuerySet":
        """Cases that aren't restricted to named persons."""
        return self.filter(is_restricted=False)

    def overdue(self, on: date) -> "CaseQuerySet":
        """Unanswered cases whose return date lies before ``on`` (a day of the site)."""
        return self.unanswered().filter(due_on__lt=on)


class Case(models.Model):
    """One legal request."""

    number = models.CharField(_("case number"), max_length=20, unique=True)
    status = models.CharField(
        _("status"), max_length=20, choices=CaseStatus, default=CaseStatus.RECEIVED
    )
    instrument = models.CharField(_("instrument"), max_length=30, choices=Instrument)
    jurisdiction = models.CharField(
        _("jurisdiction"), max_length=2, choices=Jurisdiction
    )
    channel = models.CharField(_("how it reached us"), max_length=30, choices=Channel)
    agency = models.ForeignKey(
        "cases.Agency",
        on_delete=models.PROTECT,
        related_name="cases",
        verbose_name=_("agency"),
    )
    officer_name = models.CharField(_("officer"), max_length=200)
    officer_email = models.EmailField(_("officer's e-mail"))
    officer_phone = models.CharField(
        _("officer's telephone"), max_length=40, blank=True
    )
    issuing_authority = models.CharField(
        _("issuing authority"),
        max_length=200,
        help_text=_("Who signed the instrument."),
    )
    issuer_kind = models.CharField(
        _("kind of issuer"), max_length=20, choices=IssuerKind, blank=True
    )
    issuing_court = models.CharField(_("court"), max_length=200, blank=True)
    statute_cited = models.CharField(_("statute cited"), max_length=200, blank=True)
    treaty_reference = models.CharField(
        _("treaty and reference"), max_length=200, blank=True
    )
    emergency_grounds = models.TextField(_("grounds of the emergency"), blank=True)
    agency_reference = models.CharField(
        _("docket or reference"), max_length=120, help_text=_("As the paper gives it.")
    )
    issued_on = models.DateField(_("issued"))
    served_on = models.DateField(_("served"))
    received_at = models.DateTimeField(_("received"))
    due_on = models.DateField(_("return date"), null=True, blank=True)

    secrecy = models.CharField(
        _("secrecy"), max_length=10, choices=Secrecy, default=Secrecy.UNKNOWN
    )
    secrecy_from = models.DateField(_("secret from"), null=True, blank=True)
    secrecy_until = models.DateField(_("secret until"), null=True, blank=True)
    secrecy_review_on = models.DateField(_("look again on"), null=True, blank=True)
    secrecy_paper = models.ForeignKey(
        "cases.CaseDocument",
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        verbose_name=_("paper that orders it"),
    )

    scope_revision = models.PositiveIntegerField(default=0)
    scope_prepared_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
    )
    map_digest = models.CharField(max_length=64, blank=True)

    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    opened_at = models.DateTimeField()
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("owner"),
        help_text=_("Who sees to it that the request is answered."),
    )
    # For named persons alone: no role, group or account of the site opens it.
    is_restricted = models.BooleanField(_("restricted"), default=False)
    # The number it gave back when it was restricted; another case may have it now.
    former_number = models.CharField(max_length=20, blank=True, editable=False)
    disposition = models.CharField(
        _("outcome"), max_length=12, choices=Disposition, blank=True
    )
    closed_at = models.DateTimeField(null=True, blank=True)
    closing_note = models.TextField(_("closing note"), blank=True)

    objects = CaseQuerySet.as_manager()

    class Meta:
        verbose_name = _("legal request")
        verbose_name_plural = _("legal requests")
        ordering = [F("due_on").asc(nulls_last=True), "pk"]
        default_permissions = ("view",)
        permissions = [
            ("intake_case", "Take in requests"),
            ("review_case", "Review requests and prepare their scope"),
            ("authenticate_case", "Check that a paper is genuine"),
            ("write_note", "Write notes"),
            ("ask_counsel", "Ask counsel in the privileged thread"),
            ("read_privileged", "Read and write the privileged thread as counsel"),
            ("sign_off_case", "Decide on a scope as counsel"),
            ("order_packet", "Order a packet"),
            ("certify_packet", "Sign the custodian's declaration"),
            ("release_packet", "Hand a packet over"),
            ("close_case", "Close a case"),
            ("read_trail", "Read who did what"),
            ("read_exhibits", "Open collected records"),
            ("examine_exhibits", "Examine collected records and redact them"),
            ("record_withdrawal", "Record that the requester took a request back"),
            ("reopen_case", "Reopen a closed case"),
            ("freeze_releases", "Stop all releases, and open them again"),
            ("grant_case", "Say who may see a case"),
            ("check_contact", "Check an agency's delivery address"),
            ("edit_site", "Change who we are"),
            ("keep_people", "Say who has which role"),
            ("restrict_case", "Restrict a request to named persons"),
            ("export_trail", "Export who did what for a court"),
            ("answer_pull", "Answer pull orders as a data owner"),
        ]
        constraints = [
            models.CheckConstraint(
                name="case_status_known", condition=Q(status__in=CaseStatus.values)
            ),
            models.CheckConstraint(
                name="case_instrument_known",
                condition=Q(instrument__in=Instrument.values),
            ),
            models.CheckConstraint(
                name="case_jurisdiction_known",
                condition=Q(jurisdiction__in=Jurisdiction.values),
            ),
            models.CheckConstraint(
                name="case_channel_known", condition=Q(channel__in=Channel.values)
            ),
            models.CheckConstraint(
                name="case_has_common_facts",
                condition=~Q(officer_name="")
                & ~Q(officer_email="")
                & ~Q(issuing_authority="")
                & ~Q(agency_reference=""),
                violation_error_message=_(
                    "A request names its officer, issuing authority and reference."
                ),
            ),
            models.CheckConstraint(
                name="case_served_after_issue",
                condition=Q(served_on__gte=F("issued_on")),
                violation_error_message=_(
                    "The date of service lies before the day the paper was issued."
                ),
            ),
            models.CheckConstraint(
                name="case_due_after_service",
                condition=Q(due_on=None) | Q(due_on__gte=F("served_on")),
                violation_error_message=_(
                    "The return date lies before the date of service."
                ),
            ),
            models.CheckConstraint(
                name="case_secrecy_known", condition=Q(secrecy__in=Secrecy.values)
            ),
            models.CheckConstraint(
                name="case_ordered_secrecy_has_paper_and_dates",
                condition=~Q(secrecy=Secrecy.ORDERED)
                | (
                    Q(secrecy_paper__isnull=False, secrecy_from__isnull=False)
                    & (
                        Q(secrecy_until__isnull=False)
                        | Q(secrecy_review_on__isnull=False)
                    )
                ),
                violation_error_message=_(
                    "An order of secrecy needs its paper, its first day, and an end "
                    "or a day to look again."
                ),
            ),
            models.CheckConstraint(
                name="case_secrecy_ends_after_start",
                condition=Q(secrecy_until=None)
                | Q(secrecy_from=None)
                | Q(secrecy_until__gte=F("secrecy_from")),
                violation_error_message=_("Secrecy ends after it starts."),
            ),
            models.CheckConstraint(
                name="case_issuer_kind_known",
                condition=Q(issuer_kind="") | Q(issuer_kind__in=IssuerKind.values),
            ),
            models.CheckConstraint(
                name="case_disposition_known",
                condition=Q(disposition="") | Q(disposition__in=Disposition.values),
            ),
            models.CheckConstraint(
                name="case_closed_with_outcome",
                condition=~Q(status=CaseStatus.CLOSED)
                | (~Q(disposition="") & Q(closed_at__isnull=False)),
                violation_error_message=_("A closed case states its outcome."),
            ),
            models.CheckConstraint(
                name="case_for_named_persons_is_restricted",
                condition=~Q(instrument__in=sorted(FOR_NAMED_PERSONS))
                | Q(is_restricted=True),
                violation_error_message=_(
                    "Only named persons may know of such an instrument: restrict the "
                    "request, and name them."
                ),
            ),
            *(
                _instrument_is_complete(instrument, fields)
                for instrument, fields in REQUIRED_BY_INSTRUMENT.items()
            ),
        ]
        indexes = [models.Index(fields=["due_on", "id"], name="case_by_due_date")]

    def __str__(self) -> str:
        return self.number

    @property
    def is_editable(self) -> bool:
        """Whether the intake facts may still be corrected without voiding anything."""
        return self.status in {CaseStatus.RECEIVED, CaseStatus.IN_REVIEW}
