"""What the five accounts' exhibits must say, from the generator's rows alone.

Plain Python over what was put in: no SQL, and nothing of the product but the words.
"""

import re
from collections import defaultdict

from disclosures.datamap.demo_service import Shape
from tests.disclosures.conftest import Service

UPLOAD = re.compile(r"add \S+ file ")


def utc(moment):
    return None if moment is None else f"{moment.isoformat()}+00:00"


def exhibits(service: Service, person) -> dict[str, list[tuple]]:
    """By part code, the rows in order, cells as text, None for NULL; JSON left out.

    What the present shape says otherwise is laid over the answers of spring 2023.
    """
    rows = service.world.rows
    events = [e for e in rows["user_events"] if e["source_id"] == person.id]
    events.sort(key=lambda e: e["id"])
    events.sort(key=lambda e: e["time"], reverse=True)
    journal = [
        j for j in rows["journals"] if j["submitted_by"].lower() == person.username
    ]
    logins = [e for e in reversed(events) if e["tag"] == "account:login:success"]
    uploads = [
        j for j in journal if j["action"] == "new release" or UPLOAD.match(j["action"])
    ]
    projects = _projects(rows, person)
    user = next(u for u in rows["users"] if u["id"] == person.id)
    answers = {
        "1a": [(person.id, person.username, person.name)],
        "1b": [],
        "2a": [(person.email, person.id)],
        "2b": [],
        "3a": [
            (
                str(j["id"]),
                j["name"],
                j["version"],
                j["action"],
                utc(j["submitted_date"]),
                j["submitted_by"],
                j["submitted_from"],
            )
            for j in journal
        ],
        "3b": [
            (e["id"], e["source_id"], e["tag"], utc(e["time"]), e["ip_address_string"])
            for e in events
        ],
        "4a": [
            (utc(e["time"]), e["ip_address_string"], e["tag"], e["id"]) for e in logins
        ],
        "4b": [
            (
                utc(j["submitted_date"]),
                j["submitted_from"],
                j["name"],
                j["version"],
                j["action"],
                str(j["id"]),
            )
            for j in uploads
        ],
        "5a": [(utc(user["date_joined"]), utc(user["last_login"]))],
        "6a": _addresses(events, journal),
        "8a": projects,
        "8b": _files(rows, person),
        "9a": _downloads(service, [project[0] for project in projects]),
    }
    if service.shape is Shape.PRESENT:
        answers |= _at_present(rows, person, events, answers)
    return answers


def _at_present(rows, person, events, then):
    """No address in the journal; events find theirs elsewhere; confirmed log-ins."""
    known = {one["id"]: one for one in rows["ip_addresses"]}
    unique = [u for u in rows["user_unique_logins"] if u["user_id"] == person.id]
    unique.sort(key=lambda u: (u["created"], u["id"]))
    confirmed = [
        (
            u["id"],
            u["user_id"],
            utc(u["created"]),
            u["status"],
            known[u["ip_address_id"]]["ip_address"],
            u["ip_address_id"],
        )
        for u in unique
    ]
    return {
        "3a": [row[:-1] for row in then["3a"]],
        "3c": confirmed,
        "4b": [(at, *rest) for at, _address, *rest in then["4b"]],
        "6a": _addresses_at_present(events, confirmed),
    }


def _addresses_at_present(events, confirmed):
    seen = defaultdict(list)
    for e in events:
        made = e["tag"] == "account:create"
        seen[e["ip_address_string"]].append((utc(e["time"]), "event", made))
    for _id, _user, created, _status, address, _key in confirmed:
        seen[address].append((created, "tried", False))
    rows = [
        (
            address,
            min(times)[0],
            max(times)[0],
            str(sum(what == "event" for _, what, _ in times)),
            str(sum(what == "tried" for _, what, _ in times)),
            "true" if any(made for *_, made in times) else "false",
        )
        for address, times in seen.items()
    ]
    return sorted(rows, key=lambda row: (row[1], row[0]))


def _addresses(events, journal):
    seen = defaultdict(lambda: [[], 0, 0, False])
    for j in journal:
        entry = seen[j["submitted_from"]]
        entry[0].append(j["submitted_date"])
        entry[1] += 1
    for e in events:
        entry = seen[e["ip_address_string"]]
        entry[0].append(e["time"])
        entry[2] += 1
        entry[3] |= e["tag"] == "account:create"
    ordered = sorted(seen.items(), key=lambda item: (min(item[1][0]), item[0]))
    return [
        (
            address,
            utc(min(times)),
            utc(max(times)),
            str(entries),
            str(count),
            "true" if made else "false",
        )
        for address, (times, entries, count, made) in ordered
    ]


def _projects(rows, person):
    names = {p["id"]: p["name"] for p in rows["projects"]}
    current = {
        names[r["project_id"]] for r in rows["roles"] if r["user_id"] == person.id
    }
    acts = defaultdict(list)
    for j in rows["journals"]:
        own = j["submitted_by"].lower() == person.username
        made = j["action"] in {"create", "new release"} or UPLOAD.match(j["action"])
        if own and made:
            acts[j["name"]].append(j["submitted_date"])
        if j["action"] in {
            f"add {r} {person.username}" for r in ("Owner", "Maintainer")
        }:
            acts[j["name"]].append(j["submitted_date"])
    return [
        (
            name,
            "true" if name in current else "false",
            utc(min(acts[name], default=None)),
            utc(max(acts[name], default=None)),
            str(len(acts[name])),
        )
        for name in sorted(current | acts.keys())
    ]


def _files(rows, person):
    names = {p["id"]: p["name"] for p in rows["projects"]}
    mine = {r["id"]: r for r in rows["releases"] if r["uploader_id"] == person.id}
    found = [
        (
            names[mine[f["release_id"]]["project_id"]],
            mine[f["release_id"]]["version"],
            f["filename"],
            utc(f["upload_time"]),
            str(f["size"]),
        )
        for f in rows["release_files"]
        if f["release_id"] in mine
    ]
    return sorted(found, key=lambda row: (row[3], row[2]))


def _downloads(service, projects):
    normal = {re.sub(r"[-_.]+", "-", name).lower() for name in projects}
    found = [
        (
            utc(d["day"]),
            d["project"],
            d["version"],
            d["country_code"],
            str(d["downloads"]),
        )
        for d in service.world.downloads
        if d["project"] in normal
    ]
    return sorted(found)
