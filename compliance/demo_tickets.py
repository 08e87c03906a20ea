"""A fourth paper of the demo: it asks for something that no query reaches.

The support desk keeps its tickets in a system of its own, so the data map has a part of
kind ``manual``: once the packet is ordered, a pull order waits for the data owner.
"""

from datetime import date

from compliance.demo_papers import DemoSubpoena

SUPPORT_DESK = "Support desk"

TICKETS = f"""

[[categories]]
code = "tickets"
number = 10
title = "Support tickets"
usual_words = "All tickets that the account opened with customer support."
data_class = "identifying"
held = "Tickets, in the ticket system of the support desk."

[[categories.parts]]
code = "10a"
title = "Tickets opened with the support desk"
kind = "manual"
owner = "{SUPPORT_DESK}"
due_days = 5
instructions = '''
Search the ticket system for the account name, and for the e-mail addresses that the
tickets you find were opened from. Leave out internal notes of colleagues.'''
response = "PRODUCED"
window = "opened"
order_by = ["opened", "ticket"]
limits = ["Tickets sent by mail before an account was named aren't linked to it."]
empty_statement = "The ticket system was searched; no ticket was found in the period."

[[categories.parts.columns]]
name = "ticket"
title = "Ticket number"
type = "integer"
description = "As the ticket system counts."

[[categories.parts.columns]]
name = "account"
title = "Account"
type = "text"
whose = "name_any_case"
description = "The user name that the ticket was opened with."

[[categories.parts.columns]]
name = "opened"
title = "Opened"
type = "timestamp"
zone = "America/Los_Angeles"
description = "When the first message came in."

[[categories.parts.columns]]
name = "address"
title = "Network address"
type = "address"
description = "From where the form was sent; empty for tickets sent by mail."

[[categories.parts.columns]]
name = "subject"
title = "Subject"
type = "text"
description = "The heading that the person gave the ticket."
"""

WORDINGS = (
    ("names", "All names of the account."),
    (
        "tickets",
        "All support tickets opened by the account, with the date and the network "
        "address from which each was opened.",
    ),
)

PAPER = DemoSubpoena(
    docket="2023R00731-04",
    officer="Special Agent Priya Raman",
    email="priya.raman@agency.example",
    attorney="Helen Strand, Trial Attorney, Department of Justice",
    court="U.S. District Court, Eastern District of Virginia",
    issued_on=date(2023, 4, 18),
    served_on=date(2023, 4, 20),
    due_on=date(2023, 5, 12),
    first_day=date(2021, 1, 1),
    last_day=date(2023, 3, 31),
    accounts=(0,),
)
