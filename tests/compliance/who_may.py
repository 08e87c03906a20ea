"""Who may open what: one line per address and per verb, to be read by a lawyer.

The letters are roles: I intake clerk, A analyst, C custodian, L counsel, O outside
counsel, R release officer, E report editor, U auditor, M administrator, D data owner,
who looks at no case whatever grant there is. On a case they
hold where a grant in force opens it: without one, and with an ended one, every page of
a case is 404 for everybody, superusers included.
"""

from cases.enums import Role

ROLES: dict[str, Role] = {
    "I": Role.INTAKE_CLERK,
    "A": Role.ANALYST,
    "C": Role.CUSTODIAN,
    "L": Role.COUNSEL,
    "O": Role.OUTSIDE_COUNSEL,
    "R": Role.RELEASE_OFFICER,
    "E": Role.REPORT_EDITOR,
    "U": Role.AUDITOR,
    "M": Role.ADMINISTRATOR,
    "D": Role.DATA_OWNER,
}
EVERYBODY = "".join(ROLES)
DESK = "IACLORU"  # whoever may look at a case at all

# The verbs' pages, <case>/verbs/<name>/: by GET and by POST.
VERBS: dict[str, str] = {
    "intake": "IA",
    "correct_facts": "IA",
    "record_secrecy": "IA",
    "add_paper": "IA",
    "add_target": "IA",
    "correct_target": "IA",
    "remove_target": "IA",
    "ask_categories": "IA",
    "standard_list": "IA",
    "check_paper": "IAL",
    "start_review": "A",
    "review": "A",
    "submit_scope": "A",
    "revise": "A",
    "sign_off": "LO",
    "read_conditions": "A",
    "order_packet": "A",
    "order_letter": "A",
    "dry_run": "A",
    "resume_packet": "A",
    "choose_account": "A",
    "assign_pull": "A",
    "name_owner": "L",
    "return_pull": "A",
    "withdraw_pull": "A",
    "examine_exhibits": "ACL",
    "mark_exhibit": "ACL",
    "lift_mark": "ACL",
    "release_column": "LO",
    "certify_packet": "C",
    "release_packet": "R",
    "settle_custody_break": "LO",
    "acknowledge": "R",
    "close": "ALR",
    "reopen": "AL",
    "record_ruling": "LO",
    "record_withdrawal": "AL",
    "lodge_objection": "LO",
    "decide_objection": "LO",
    "hand_over": DESK,  # and there by person: the owner, or counsel
    "write_note": "IACLOR",
    "privileged": "LO",
    "ask_counsel": "A",
    "give_grant": "LM",
    "change_grant": "LM",
    "change_group_grant": "LM",
    "end_grant": "LM",
    "end_group_grant": "LM",
    "review_glass": "LM",
    "restrict": "IAL",
    "record_told": "L",
}
# The verbs that show a case's number and its grants, and nothing else of it: to an
# administrator of every case, who may look at none.
OF_NUMBERS = frozenset(
    {
        "give_grant",
        "change_grant",
        "change_group_grant",
        "end_grant",
        "end_group_grant",
        "review_glass",
    }
)

# Further pages and files below a case's address.
PAGES: dict[str, str] = {
    "admin:cases_case_change": DESK,
    "admin:cases_case_trail": DESK,
    "admin:cases_case_trail_export": "LU",
    "admin:cases_paper": DESK,
    "admin:cases_register_file": "L",
    "admin:cases_paper_page": DESK,
    "admin:cases_paper_file": DESK,
    "admin:disclosures_packet": DESK,
    "admin:disclosures_packet_live": DESK,
    "admin:disclosures_declaration": "C",
    "admin:disclosures_exhibit": "ACLOR",
    "admin:disclosures_exhibit_copy": "ACLOR",
    "admin:disclosures_production": "R",
    "admin:disclosures_custody": DESK,
    "admin:disclosures_custody_file": "LU",
}

# Pages of the site: a role opens them, and what they show is what grants open.
SITE: dict[str, str] = {
    "admin:index": EVERYBODY,
    "admin:search": EVERYBODY,
    "admin:cases_case_changelist": DESK,
    "admin:cases_case_new": "IA",
    "admin:cases_trail": DESK,
    "admin:cases_find": DESK,
    "admin:cases_break_glass": DESK,
    "admin:cases_bound": EVERYBODY,
    "admin:cases_site_trail": DESK,
    "admin:cases_numbers": "M",
    "admin:cases_agency_changelist": DESK,
    "admin:cases_agency_change": DESK,
    "admin:cases_agency_add": "IA",
    "admin:cases_agency_edit": "IA",
    "admin:cases_contact_add": "IA",
    "admin:cases_contact_check": "IAL",
    "admin:cases_contact_retire": "IAL",
    "admin:cases_organisation_changelist": DESK + "M",
    "admin:cases_organisation_edit": "M",
    "admin:disclosures_freeze_changelist": DESK + "M",
    "admin:disclosures_freeze_throw": "LM",
    "admin:disclosures_freeze_lift": "LM",
    "admin:disclosures_pullorder_changelist": "D",
    "admin:disclosures_pull_order": "D",  # and there whoever it is given to
    "admin:app_list": DESK,
    "admin:password_change": EVERYBODY,
    "admin:password_change_done": EVERYBODY,
    "admin:jsi18n": EVERYBODY,
}

# Pages of the site that show a row of one person's: to others there is none.
BY_PERSON = frozenset({"admin:disclosures_pull_order"})

# People and their roles: an administrator's, and no case is in them.
PEOPLE: frozenset[str] = frozenset(
    f"admin:auth_{model}_{page}"
    for model in ("user", "group")
    for page in ("changelist", "add", "change", "history")
) | {"admin:auth_user_password_change", "admin:auth_user_roles"}

# The theme's and Django's own pages that answer nobody.
CLOSED: frozenset[str] = frozenset(
    {
        "admin:autocomplete",
        "admin:view_on_site",
        "admin:auth_user_delete",  # people are made inactive: the trail names them
        "admin:auth_group_delete",
    }
)

# Ways in and out, and one's own sign-in: tests/compliance/test_signin.py walks them.
SIGNING_IN = ("account_", "mfa_", "usersessions_", "socialaccount_", "openid_connect_")
OPEN: frozenset[str] = frozenset({"admin:login", "admin:logout", "set_language"})
