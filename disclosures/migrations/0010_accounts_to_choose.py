"""The accounts that an identifier matches, and which of them a person chose."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import cases.models.sealed


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0022_collection_events"),
        ("disclosures", "0009_sealed"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="AccountCandidate",
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
                ("number", models.PositiveIntegerField()),
                ("key", cases.models.sealed.SealedTextField(longest=200)),
                ("name", cases.models.sealed.SealedTextField(blank=True, longest=320)),
            ],
            options={
                "verbose_name": "account that matches",
                "verbose_name_plural": "accounts that match",
                "ordering": ["number"],
                "default_permissions": (),
            },
        ),
        migrations.RemoveConstraint(
            model_name="packet",
            name="packet_status_known",
        ),
        migrations.AddField(
            model_name="targetaccount",
            name="chosen_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="targetaccount",
            name="chosen_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="targetaccount",
            name="chosen_by_name",
            field=models.CharField(blank=True, max_length=150),
        ),
        migrations.AddField(
            model_name="targetaccount",
            name="reason",
            field=models.TextField(blank=True, verbose_name="reason"),
        ),
        migrations.AlterField(
            model_name="packet",
            name="status",
            field=models.CharField(
                choices=[
                    ("queued", "Queued"),
                    ("collecting", "Collecting records"),
                    ("choosing", "Waiting for a choice of account"),
                    ("collected", "Waiting for certification"),
                    ("certified", "Certified, waiting to be sealed"),
                    ("sealing", "Rendering and sealing"),
                    ("sealed", "Sealed"),
                    ("released", "Handed over"),
                    ("failed", "Failed"),
                    ("superseded", "Superseded"),
                ],
                default="queued",
                max_length=12,
                verbose_name="status",
            ),
        ),
        migrations.AddConstraint(
            model_name="packet",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "status__in",
                        [
                            "queued",
                            "collecting",
                            "choosing",
                            "collected",
                            "certified",
                            "sealing",
                            "sealed",
                            "released",
                            "failed",
                            "superseded",
                        ],
                    )
                ),
                name="packet_status_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="targetaccount",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("chosen_at", None),
                        ("chosen_by", None),
                        ("chosen_by_name", ""),
                        ("reason", ""),
                    ),
                    models.Q(
                        ("chosen_at__isnull", False),
                        ("chosen_by__isnull", False),
                        models.Q(("resolution", "ambiguous"), _negated=True),
                        models.Q(("chosen_by_name", ""), _negated=True),
                        models.Q(("reason", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="account_choice_is_whole",
                violation_error_message="Say why this account is the one meant.",
            ),
        ),
        migrations.AddField(
            model_name="accountcandidate",
            name="account",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="candidates",
                to="disclosures.targetaccount",
            ),
        ),
        migrations.AddConstraint(
            model_name="accountcandidate",
            constraint=models.UniqueConstraint(
                fields=("account", "number"), name="candidate_number_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="accountcandidate",
            constraint=models.CheckConstraint(
                condition=models.Q(("key", ""), _negated=True), name="candidate_has_key"
            ),
        ),
    ]
