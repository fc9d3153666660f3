"""Each planted bug still finds the text it changes, so that `make bugs` does not stop after an hour."""

from pathlib import Path

from exports.report import extract
from tests.browser import planted_report_bugs
from tests.properties.planted_bugs import BUGS, PROJECT


def test_the_text_of_every_planted_bug_is_in_its_model_once() -> None:
    for bug in BUGS:
        text = (PROJECT / "models" / f"{bug.model}.sql").resolve().read_text(encoding="utf-8")
        assert text.count(bug.right) == 1, bug.claim


def test_the_text_of_every_bug_of_the_report_is_in_its_file() -> None:
    for bug in planted_report_bugs.BUGS:
        text = (Path(extract.__file__).parent / bug.file).read_text(encoding="utf-8")
        assert bug.right in text, bug.claim
