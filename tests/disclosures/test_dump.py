"""A copy of the whole database, searched for whom it is about."""

import pytest
from django.db import connection

from tests.disclosures import packets

EVERYTHING = "SELECT * FROM place"

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("small")]


def dump() -> str:
    """Every value of every column of every table, as a thief would have it."""
    found = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            quoted = connection.ops.quote_name(table)
            cursor.execute(EVERYTHING.replace("place", quoted))
            found += [str(value) for row in cursor.fetchall() for value in row]
    return "\n".join(found)


@pytest.mark.feature("T4")
@pytest.mark.feature("S1", part=True)
def test_a_dump_after_a_whole_request_names_no_target():
    packet = packets.released(packets.sealed_undrawn())
    assert packet.accounts.get().account_name
    selectors = {
        "alice",
        packet.accounts.get().account_key,
        packet.accounts.get().account_name,
    }
    text = dump().casefold()
    assert packet.case.number.casefold() in text
    assert {one for one in selectors if one.casefold() in text} == set()
