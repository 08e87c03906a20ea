"""An upload in a process of its own, which dies by SIGKILL at a named point.

python uploader.py SITE POINT CASE_ID USER_ID FILE
"""

import importlib
import sys
from pathlib import Path

from tests.disclosures.faults import worker


def main(site: str, point: str, case_id: str, user_id: str, file: str) -> None:
    """Add the file to the case, as this person, all in one transaction."""
    worker.make_ready(site, point)
    documents = importlib.import_module("cases.documents")
    users = importlib.import_module("django.contrib.auth.models")
    transaction = importlib.import_module("django.db.transaction")
    with transaction.atomic(), Path(file).open("rb") as content:
        documents.add_document(
            int(case_id),
            actor=users.User.objects.get(pk=int(user_id)),
            kind="process",
            name="subpoena.pdf",
            content=content,
        )


if __name__ == "__main__":
    main(*sys.argv[1:])
