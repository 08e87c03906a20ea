"""What a row of a pull order, or of an answer, can't say: the database refuses it."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from disclosures.models import PullAnswer, PullOrder
from tests import factories as make
from tests.disclosures import pulling

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("small")]

# Else another constraint is broken too, and which is named is the database's choice.
NO_FILE = {
    **dict.fromkeys(("upload_path", "upload_sha256", "path", "sha256", "sha512"), ""),
    **dict.fromkeys(("rows", "upload_size", "size"), 0),
}
BROKEN = (
    (PullOrder, "pull_status_known", {"status": "lost"}),
    (PullOrder, "pull_has_an_owner", {"owner": ""}),
    (PullOrder, "pull_has_an_owner", {"reference": ""}),
    (PullOrder, "pull_withdrawn_as_a_whole", {"status": "withdrawn"}),
    (PullAnswer, "pull_answer_known", {"kind": "perhaps", **NO_FILE}),
    (PullAnswer, "pull_answer_says_something", {"statement": ""}),
    (PullAnswer, "pull_answer_says_something", {"answered_by_name": ""}),
    # Records without a file, and a file without records.
    (PullAnswer, "pull_answer_file_is_whole", {"upload_path": ""}),
    (PullAnswer, "pull_answer_file_is_whole", {"sha512": ""}),
    (PullAnswer, "pull_answer_file_is_whole", {"rows": 0}),
    (PullAnswer, "pull_answer_file_is_whole", {"kind": "none_found"}),
    (PullAnswer, "pull_returned_as_a_whole", {"return_reason": "Why."}),
    (PullAnswer, "pull_returned_as_a_whole", {"returned_at": make.AT}),
)


def test_each_constraint_is_broken_once_by_the_database_and_once_by_a_form():
    made = pulling.answer(pulling.awaiting())
    before = list(PullOrder.objects.values()), list(PullAnswer.objects.values())
    for model, constraint, changes in BROKEN:
        with pytest.raises(IntegrityError) as caught, transaction.atomic():
            model.objects.update(**changes)
        assert constraint in str(caught.value), changes
        row = model.objects.get()
        for name, value in changes.items():
            setattr(row, name, value)
        with pytest.raises(ValidationError):
            row.full_clean()
    made.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        PullAnswer.objects.bulk_create([made])  # pull_answered_once
    after = list(PullOrder.objects.values()), list(PullAnswer.objects.values())
    assert after == before
    declared = {
        one.name for model in (PullOrder, PullAnswer) for one in model._meta.constraints
    }
    named = {constraint for _model, constraint, _changes in BROKEN}
    assert named | {"pull_answered_once"} == declared
