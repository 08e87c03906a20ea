"""Pull orders to data owners, and what they answered."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import cases.models.sealed


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0030_data_owners"),
        ("disclosures", "0014_breaks"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="PullAnswer",
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
                            ("records", "Records: I upload them"),
                            (
                                "none_found",
                                "We hold such records; searched, and none found",
                            ),
                            (
                                "not_collected",
                                "Not held: we never collected such records",
                            ),
                            (
                                "not_retained",
                                "Not held any more: deleted under our retention",
                            ),
                            (
                                "held_elsewhere",
                                "Not held: somebody else holds them for us",
                            ),
                        ],
                        max_length=16,
                        verbose_name="answer",
                    ),
                ),
                (
                    "statement",
                    cases.models.sealed.SealedTextField(
                        longest=4000, verbose_name="statement"
                    ),
                ),
                ("answered_by_name", models.CharField(max_length=150)),
                ("answered_at", models.DateTimeField(verbose_name="answered")),
                ("upload_path", models.CharField(blank=True, max_length=200)),
                ("upload_sha256", models.CharField(blank=True, max_length=64)),
                ("upload_size", models.PositiveBigIntegerField(default=0)),
                ("path", models.CharField(blank=True, max_length=200)),
                ("sha256", models.CharField(blank=True, max_length=64)),
                ("sha512", models.CharField(blank=True, max_length=128)),
                ("size", models.PositiveBigIntegerField(default=0)),
                ("rows", models.PositiveBigIntegerField(default=0)),
                ("left_out", models.JSONField(blank=True, default=dict)),
                ("returned_at", models.DateTimeField(blank=True, null=True)),
                ("returned_by_name", models.CharField(blank=True, max_length=150)),
                (
                    "return_reason",
                    models.TextField(blank=True, verbose_name="why it was returned"),
                ),
            ],
            options={
                "verbose_name": "answer of a data owner",
                "verbose_name_plural": "answers of data owners",
                "ordering": ["pk"],
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="PullOrder",
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
                    "reference",
                    models.CharField(
                        max_length=16, unique=True, verbose_name="reference"
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("waiting", "Waiting for an answer"),
                            ("answered", "Answered"),
                            ("returned", "Returned to the data owner"),
                            ("withdrawn", "Withdrawn"),
                        ],
                        default="waiting",
                        max_length=12,
                        verbose_name="status",
                    ),
                ),
                ("owner", models.CharField(max_length=150, verbose_name="data owners")),
                ("is_named", models.BooleanField(default=False)),
                ("issued_at", models.DateTimeField(verbose_name="issued")),
                ("due_on", models.DateField(verbose_name="due")),
                ("reminded_at", models.DateTimeField(blank=True, null=True)),
                ("withdrawn_at", models.DateTimeField(blank=True, null=True)),
                ("withdrawn_by_name", models.CharField(blank=True, max_length=150)),
                (
                    "withdrawal_reason",
                    models.TextField(blank=True, verbose_name="why it was withdrawn"),
                ),
            ],
            options={
                "verbose_name": "pull order",
                "verbose_name_plural": "pull orders",
                "ordering": ["pk"],
                "default_permissions": (),
            },
        ),
        migrations.RemoveConstraint(
            model_name="packet",
            name="packet_status_known",
        ),
        migrations.AlterField(
            model_name="exhibit",
            name="kind",
            field=models.CharField(
                choices=[
                    ("query", "Query"),
                    ("derived", "Derived"),
                    ("statement", "Statement"),
                    ("manual", "Pull order"),
                ],
                max_length=12,
            ),
        ),
        migrations.AlterField(
            model_name="packet",
            name="status",
            field=models.CharField(
                choices=[
                    ("queued", "Queued"),
                    ("collecting", "Collecting records"),
                    ("choosing", "Waiting for a choice of account"),
                    ("awaiting", "Waiting for a data owner"),
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
                            "awaiting",
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
        migrations.AddField(
            model_name="pullanswer",
            name="answered_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="pullanswer",
            name="returned_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="pullorder",
            name="assigned_to",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="pullorder",
            name="exhibit",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="pull_order",
                to="disclosures.exhibit",
            ),
        ),
        migrations.AddField(
            model_name="pullorder",
            name="withdrawn_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="pullanswer",
            name="order",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="answers",
                to="disclosures.pullorder",
            ),
        ),
        migrations.AddConstraint(
            model_name="pullorder",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("status__in", ["waiting", "answered", "returned", "withdrawn"])
                ),
                name="pull_status_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="pullorder",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("owner", ""), _negated=True),
                    models.Q(("reference", ""), _negated=True),
                ),
                name="pull_has_an_owner",
                violation_error_message="An order has a reference and an owner.",
            ),
        ),
        migrations.AddConstraint(
            model_name="pullorder",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("status", "withdrawn"), _negated=True),
                    models.Q(
                        ("withdrawn_at__gte", models.F("issued_at")),
                        ("withdrawn_by__isnull", False),
                        models.Q(("withdrawn_by_name", ""), _negated=True),
                        models.Q(("withdrawal_reason", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="pull_withdrawn_as_a_whole",
                violation_error_message="Withdrawing takes a person and a reason.",
            ),
        ),
        migrations.AddConstraint(
            model_name="pullanswer",
            constraint=models.UniqueConstraint(
                condition=models.Q(("returned_at", None)),
                fields=("order",),
                name="pull_answered_once",
                violation_error_message="This order is answered already.",
            ),
        ),
        migrations.AddConstraint(
            model_name="pullanswer",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "kind__in",
                        [
                            "records",
                            "none_found",
                            "not_collected",
                            "not_retained",
                            "held_elsewhere",
                        ],
                    )
                ),
                name="pull_answer_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="pullanswer",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("statement", ""), _negated=True),
                    models.Q(("answered_by_name", ""), _negated=True),
                ),
                name="pull_answer_says_something",
                violation_error_message="An answer has a statement.",
            ),
        ),
        migrations.AddConstraint(
            model_name="pullanswer",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("kind", "records"),
                        ("rows__gt", 0),
                        ("upload_size__gt", 0),
                        models.Q(("upload_path", ""), _negated=True),
                        models.Q(("upload_sha256", ""), _negated=True),
                        models.Q(("path", ""), _negated=True),
                        models.Q(("sha256", ""), _negated=True),
                        models.Q(("sha512", ""), _negated=True),
                    ),
                    models.Q(
                        models.Q(("kind", "records"), _negated=True),
                        ("rows", 0),
                        ("path", ""),
                        ("sha256", ""),
                        ("sha512", ""),
                        ("upload_path", ""),
                        ("upload_sha256", ""),
                        ("upload_size", 0),
                    ),
                    _connector="OR",
                ),
                name="pull_answer_file_is_whole",
                violation_error_message="Records have a file, and nothing else has.",
            ),
        ),
        migrations.AddConstraint(
            model_name="pullanswer",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("return_reason", ""),
                        ("returned_at", None),
                        ("returned_by", None),
                        ("returned_by_name", ""),
                    ),
                    models.Q(
                        ("returned_at__gte", models.F("answered_at")),
                        ("returned_by__isnull", False),
                        models.Q(("returned_by_name", ""), _negated=True),
                        models.Q(("return_reason", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="pull_returned_as_a_whole",
                violation_error_message="Returning takes a person and a reason.",
            ),
        ),
    ]
