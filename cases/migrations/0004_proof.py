"""By what, and when, those who decided had shown who they are.

Decisions from before this was asked say that it isn't recorded.
"""

from django.db import migrations, models
from django.db.models import F, Q

METHODS = [
    ("password", "password"),
    ("totp", "authenticator app"),
    ("passkey", "passkey or security key"),
    ("recovery_code", "recovery code"),
    ("not_recorded", "not recorded"),
]


def proof_of(model, decided_at):
    return [
        migrations.AddField(
            model_name=model,
            name="proof_method",
            field=models.CharField(
                choices=METHODS,
                default="not_recorded",
                max_length=16,
                verbose_name="confirmed by",
            ),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name=model,
            name="proof_at",
            field=models.DateTimeField(null=True, verbose_name="confirmed at"),
        ),
        migrations.AddConstraint(
            model_name=model,
            constraint=models.CheckConstraint(
                name=f"{model}_proof_is_whole",
                condition=Q(proof_method="not_recorded", proof_at=None)
                | Q(
                    proof_method__in=["passkey", "password", "recovery_code", "totp"],
                    proof_at__isnull=False,
                    proof_at__lte=F(decided_at),
                ),
                violation_error_message="A decision says how its person was proved.",
            ),
        ),
    ]


class Migration(migrations.Migration):
    dependencies = [("cases", "0003_trail_is_append_only")]
    operations = [*proof_of("signoff", "decided_at")]
