"""A small data map and what the reader says of a text."""

import pytest

from disclosures.datamap import schema

SMALL = '''
service = "S"
title = "T"
version = "1"
account_form = "text"

[sources.db]
kind = "sql"
title = "Database"

[resolve.username]
source = "db"
sql = """SELECT id AS account_key, username AS account_name
FROM users WHERE username = :identifier"""

[[categories]]
code = "events"
number = 1
title = "Events"
usual_words = "Connection records;"
data_class = "identifying"
held = "Events."

[[categories.parts]]
code = "1a"
title = "Events"
kind = "query"
source = "db"
response = "PRODUCED"
window = "time"
sql = """
SELECT id, time
FROM events
WHERE account = :account
"""
order_by = ["time desc", "id"]
empty_statement = "None."
columns = [
  { name = "id", title = "ID", type = "text", description = "Key." },
  { name = "time", title = "Time", type = "timestamp", description = "When." },
]

[[categories.parts]]
code = "1b"
title = "Days"
kind = "derived"
inputs = ["1a"]
response = "DERIVED"
timeless = "Drawn from dated rows."
sql = "SELECT count(*) AS n FROM part_1a"
order_by = ["n"]
empty_statement = "None."
columns = [{ name = "n", title = "N", type = "integer", description = "How many." }]

[[categories.parts]]
code = "1c"
title = "Phones"
kind = "statement"
response = "NOT_COLLECTED"
statement = "No telephone numbers are collected."
'''


def mistakes(text):
    with pytest.raises(schema.MapError) as caught:
        schema.parse(text)
    return [(each.line, each.place, each.sentence) for each in caught.value.mistakes]


def line_of(text, words):
    return next(i for i, line in enumerate(text.splitlines(), 1) if words in line)
