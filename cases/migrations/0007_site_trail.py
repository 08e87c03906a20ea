"""A trail for acts on the site, as closed as that of the cases; and who may freeze."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from cases.migrations._append_only import append_only
from cases.migrations._roles import give


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0006_letterhead_and_court"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="SiteEvent",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True,
                        primary_key=True,
                        serialize=False,
                        verbose_name="ID",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("releases.frozen", "All releases stopped"),
                            ("releases.thawed", "Releases opened again"),
                        ],
                        max_length=40,
                        verbose_name="event",
                    ),
                ),
                ("actor_name", models.CharField(max_length=150, verbose_name="who")),
                ("at", models.DateTimeField(verbose_name="when")),
                ("data", models.TextField(default="{}")),
            ],
            options={
                "verbose_name": "event of the site",
                "verbose_name_plural": "events of the site",
                "ordering": ["pk"],
                "default_permissions": (),
            },
        ),
        migrations.AlterModelOptions(
            name="case",
            options={
                "default_permissions": ("view",),
                "ordering": [models.OrderBy(models.F("due_on"), nulls_last=True), "pk"],
                "permissions": [
                    ("intake_case", "Take in requests"),
                    ("review_case", "Review requests and prepare their scope"),
                    ("sign_off_case", "Decide on a scope as counsel"),
                    ("order_packet", "Order a packet"),
                    ("certify_packet", "Sign the custodian's declaration"),
                    ("release_packet", "Hand a packet over"),
                    ("close_case", "Close a case"),
                    ("read_trail", "Read who did what"),
                    ("read_exhibits", "Open collected records"),
                    ("freeze_releases", "Stop all releases, and open them again"),
                ],
                "verbose_name": "legal request",
                "verbose_name_plural": "legal requests",
            },
        ),
        migrations.RemoveConstraint(
            model_name="event",
            name="event_kind_known",
        ),
        migrations.AlterField(
            model_name="event",
            name="kind",
            field=models.CharField(
                choices=[
                    ("case.opened", "Case opened"),
                    ("case.corrected", "Intake facts corrected"),
                    ("case.viewed", "Case page opened"),
                    ("case.secrecy.recorded", "Secrecy recorded"),
                    ("case.document.added", "Document added"),
                    ("case.document.opened", "Document opened"),
                    ("case.target.added", "Target added"),
                    ("case.target.corrected", "Target corrected"),
                    ("case.target.removed", "Target removed"),
                    ("case.categories.set", "Requested categories set"),
                    ("case.item.decided", "Item decided"),
                    ("case.scope.submitted", "Scope submitted to counsel"),
                    ("case.sign_off.approved", "Scope approved by counsel"),
                    ("case.sign_off.returned", "Scope returned by counsel"),
                    ("case.sign_off.refused", "Scope refused by counsel"),
                    ("case.status.changed", "Status changed"),
                    ("case.closed", "Case closed"),
                    ("packet.requested", "Packet ordered"),
                    ("packet.collected", "Records collected"),
                    ("packet.failed", "Packet failed"),
                    ("packet.resumed", "Packet resumed"),
                    ("packet.certified", "Declaration signed"),
                    ("packet.sealed", "Packet sealed"),
                    ("packet.opened", "Packet downloaded"),
                    ("packet.download.stopped", "Packet's download broken off"),
                    ("packet.released", "Packet handed over"),
                    ("packet.superseded", "Packet superseded"),
                    ("packet.status.changed", "Packet status changed"),
                    ("exhibit.opened", "Exhibit opened"),
                ],
                max_length=40,
                verbose_name="event",
            ),
        ),
        migrations.AddConstraint(
            model_name="event",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "kind__in",
                        [
                            "case.opened",
                            "case.corrected",
                            "case.viewed",
                            "case.secrecy.recorded",
                            "case.document.added",
                            "case.document.opened",
                            "case.target.added",
                            "case.target.corrected",
                            "case.target.removed",
                            "case.categories.set",
                            "case.item.decided",
                            "case.scope.submitted",
                            "case.sign_off.approved",
                            "case.sign_off.returned",
                            "case.sign_off.refused",
                            "case.status.changed",
                            "case.closed",
                            "packet.requested",
                            "packet.collected",
                            "packet.failed",
                            "packet.resumed",
                            "packet.certified",
                            "packet.sealed",
                            "packet.opened",
                            "packet.download.stopped",
                            "packet.released",
                            "packet.superseded",
                            "packet.status.changed",
                            "exhibit.opened",
                        ],
                    )
                ),
                name="event_kind_known",
            ),
        ),
        migrations.AddField(
            model_name="siteevent",
            name="actor",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddConstraint(
            model_name="siteevent",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("kind__in", ["releases.frozen", "releases.thawed"])
                ),
                name="site_event_kind_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="siteevent",
            constraint=models.CheckConstraint(
                condition=models.Q(("actor_name", ""), _negated=True),
                name="site_event_has_an_actor",
            ),
        ),
        append_only("cases_event", "event"),
        append_only("cases_siteevent", "site_event"),
        give(
            "freeze_releases",
            "Stop all releases, and open them again",
            "Counsel",
            "Administrator",
        ),
    ]
