"""Reading a finished PDF as a recipient's tools do."""

import hashlib
import re
import subprocess

import pikepdf


def ran(*command, **more):
    """With which code a command ends, and what it prints and complains of."""
    done = subprocess.run(command, capture_output=True, check=False, **more)  # noqa: S603 - ours
    return done.returncode, done.stdout.decode(), done.stderr.decode()


def output(*command, code=0, **more):
    """What a command prints, which must end with this code."""
    ended, said, complained = ran(*command, **more)
    assert ended == code, complained
    return said


def text(pdf, page):
    number = str(page)
    return output("pdftotext", "-layout", "-f", number, "-l", number, str(pdf), "-")


def pages(pdf):
    return output("pdftotext", "-layout", str(pdf), "-").split("\f")[:-1]


def squeezed(content):
    return re.sub(r"\s+", "", content)


def elements(node):
    yield node
    kids = node.get("/K", [])
    for kid in kids if isinstance(kids, pikepdf.Array) else [kids]:
        if isinstance(kid, pikepdf.Dictionary) and kid.get("/Type") == "/StructElem":
            yield from elements(kid)


def digest(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()
