"""The demo's people: one per role. Their records, like their names, are invented."""

from cases.enums import Role

DEMO_PASSWORD = "candor-demo-2023"  # noqa: S105  printed on the sign-in page of the demo

DEMO_USERS = (
    ("ines", "Ines Moreau", Role.INTAKE_CLERK),
    ("ana", "Ana Petrov", Role.ANALYST),
    ("cora", "Cora Lindqvist", Role.COUNSEL),
    ("olga", "Olga Brandt", Role.OUTSIDE_COUNSEL),
    ("carl", "Carl Osei", Role.CUSTODIAN),
    ("rita", "Rita Campos", Role.RELEASE_OFFICER),
    ("emil", "Emil Haddad", Role.REPORT_EDITOR),
    ("audrey", "Audrey Tan", Role.AUDITOR),
    ("adam", "Adam Novak", Role.ADMINISTRATOR),
    ("dora", "Dora Okafor", Role.DATA_OWNER),
)
