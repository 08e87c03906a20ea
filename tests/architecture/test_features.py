"""The count of ``make features`` can be trusted."""

from pathlib import Path

import pytest

from tests.features import TABLE, Proof, Recorder, is_proved, listing, rows


def test_the_table_has_all_its_rows():
    assert len(rows(TABLE.read_text(encoding="utf-8"))) == 82


@pytest.mark.parametrize(
    ("tests", "proved"),
    [
        ({}, False),
        ({"a": Proof(part=False, outcomes={"passed"})}, True),
        ({"a": Proof(part=True, outcomes={"passed"})}, False),
        ({"a": Proof(part=False, outcomes={"passed", "failed"})}, False),
        ({"a": Proof(part=False, outcomes={"skipped"})}, False),
        ({"a": Proof(part=False)}, False),
        (
            {
                "a": Proof(part=False, outcomes={"passed"}),
                "b": Proof(part=True, outcomes={"failed"}),
            },
            False,
        ),
    ],
)
def test_a_row_counts_when_one_whole_proof_and_all_others_pass(tests, proved):
    assert is_proved(tests) == proved


def test_the_list_names_tests_and_ends_with_the_count():
    proofs = {
        "I1": {"t.py::a": Proof(part=False, outcomes={"passed"})},
        "Z9": {"t.py::b": Proof(part=True)},
    }
    assert listing({"I1": "Typed", "I2": "Portal"}, proofs) == [
        "I1  proved   Typed",
        "        t.py::a: passes",
        "I2  -        Portal",
        "Unknown row Z9: t.py::b",
        "1 of 2 proved",
    ]


def test_the_recorder_takes_the_parameters_of_a_test_together(pytester_lite):
    proofs = pytester_lite("""
import pytest
@pytest.mark.feature("I1")
@pytest.mark.parametrize("n", [1, 2])
def test_one(n):
    assert n == 1
""")
    assert proofs == {
        "I1": {"test_it.py::test_one": Proof(False, {"passed", "failed"})}
    }


@pytest.fixture
def pytester_lite(tmp_path: Path, monkeypatch):
    """Run a test file of its own in this process, with the recorder looking on."""

    def run(source: str):
        (tmp_path / "test_it.py").write_text(source)
        (tmp_path / "pytest.ini").write_text("[pytest]\nmarkers =\n  feature: x\n")
        monkeypatch.chdir(tmp_path)
        recorder = Recorder()
        quiet = [
            "-q",
            "-p",
            "no:django",
            "-p",
            "no:playwright",
            "-p",
            "no:cacheprovider",
        ]
        pytest.main(quiet, plugins=[recorder])
        return dict(recorder.proofs)

    return run
