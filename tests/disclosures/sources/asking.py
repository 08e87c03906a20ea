"""How the tests ask one database, and what no refusal may hold."""

import traceback

from disclosures.datamap.terms import AccountForm, Window
from disclosures.sources.base import (
    Account,
)
from disclosures.sources.run import Run
from tests.disclosures.sources.maps import datamap

WHO = Account("k-private-41", "private-name")
SLOW = (
    "WITH RECURSIVE n(i) AS"
    " (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 500000000)"
    " SELECT max(i) AS a FROM n WHERE :account <> ''"
)


def pull(address, one, out, *, account=WHO, window=None, limits=None, form="text"):
    with Run(datamap(one, form=AccountForm(form)), {"service": address}, limits) as run:
        return run.pull(one, account=account, window=window or Window(), out=out)


def assert_quiet(error, out):
    """No value, name or key is in the error, nor anything half-written on disk."""
    chain = "".join(traceback.format_exception(error))
    assert "private" not in str(error) + repr(error.__cause__) + repr(error.__context__)
    assert "private" not in chain.replace("private_", "")
    assert [p.name for p in out.parent.iterdir() if p.name.startswith(out.name)] == []
