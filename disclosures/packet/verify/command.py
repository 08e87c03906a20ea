"""The command line of the check, as it runs out of ``verify_packet.pyz``.

    python3 verify_packet.pyz [FOLDER_OR_ZIP]

Without an argument it checks the production that it lies in. The exit code is 0 where
everything is as it was sealed, 1 where something isn't, 2 where it was called wrongly.
"""

import sys
from pathlib import Path

from disclosures.packet.verify import signed, verify

USAGE = "usage: python3 verify_packet.pyz [FOLDER_OR_ZIP]\n"


def main(program: str, arguments: list[str]) -> int:
    """Print what is found about the production; the exit code."""
    if len(arguments) > 1 or any(one.startswith("-") for one in arguments):
        sys.stderr.write(USAGE)
        return 2
    path = Path(arguments[0]) if arguments else Path(program).resolve().parent
    findings = verify(path)
    for finding in findings:
        sys.stdout.write(f"{finding}\n")
    if findings:
        return 1
    for line in ("Every file is as it was sealed.", *signed(path)):
        sys.stdout.write(f"{line}\n")
    return 0
