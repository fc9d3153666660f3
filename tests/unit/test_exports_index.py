"""The page over all exports, from the manifests of finished folders."""

from pathlib import Path

import pytest

from exports.folder.index import write_index
from exports.folder.manifest import write_manifest


@pytest.mark.parametrize(("anonymization", "note"), [
    ("none", None), ("full", "no names"), ("domains", "for some e-mail domains"),
])
def test_the_index_says_which_workspaces_are_anonymized(tmp_path: Path, anonymization: str, note: str | None) -> None:
    folder = tmp_path / "expo" / "event"
    folder.mkdir(parents=True)
    (folder / "report.html").write_text("")
    write_manifest(folder, {
        "workspace_id": "expo", "workspace": "Expo", "user_id": None, "anonymization": anonymization,
        "range": {"name": "event", "start": "2026-06-01", "end": "2026-06-03"}, "timezone": "UTC",
        "data_as_of": "2026-06-03", "fingerprint": "", "formats": ["html"],
    }, {})
    page = write_index(tmp_path).read_text(encoding="utf-8")
    assert 'href="expo/event/report.html"' in page
    assert ("Anonymized" in page) == (note is not None)
    assert note is None or note in page


def test_the_index_names_what_a_folder_lacks(tmp_path: Path) -> None:
    folder = tmp_path / "expo" / "event"
    folder.mkdir(parents=True)
    (folder / "interaction_stats.xlsx").write_text("")
    write_manifest(folder, {
        "workspace_id": "expo", "workspace": "<Expo>", "user_id": None, "anonymization": "none",
        "range": {"name": "event", "start": None, "end": None}, "timezone": "UTC", "data_as_of": None,
        "fingerprint": "", "formats": ["html"], "failed": [{"file": "report.html", "reason": "It broke."}],
    }, {})
    page = write_index(tmp_path).read_text(encoding="utf-8")
    assert "Not complete: report.html could not be made." in page
    assert "<bdi>&lt;Expo&gt;</bdi>" in page
    assert 'href="expo/event/report.html"' not in page


def test_the_index_marks_the_last_good_export_of_a_workspace_that_is_held_back(tmp_path: Path) -> None:
    folder = tmp_path / "expo" / "event"
    folder.mkdir(parents=True)
    write_manifest(folder, {
        "workspace_id": "expo", "workspace": "Expo", "user_id": None, "anonymization": "none",
        "range": {"name": "event", "start": None, "end": None}, "timezone": "UTC", "data_as_of": "2026-06-03",
        "fingerprint": "", "formats": ["html"],
    }, {})
    page = write_index(tmp_path, {"expo": "Too many lines of events of 2026-06-04 were rejected"}).read_text("utf-8")
    assert "Held back: too many lines of events of 2026-06-04 were rejected. This is the last good export." in page
    assert "Held back" not in write_index(tmp_path, {"other": "Too many lines"}).read_text("utf-8")


def test_a_page_that_is_damaged_is_written_again(tmp_path: Path) -> None:
    page = write_index(tmp_path)
    text = page.read_text(encoding="utf-8")
    page.write_bytes(b"\xe7\xff garbage")
    assert write_index(tmp_path).read_text(encoding="utf-8") == text
    page.unlink()
    page.mkdir()
    assert write_index(tmp_path).read_text(encoding="utf-8") == text
    assert len(list(tmp_path.glob("index.html.damaged-*"))) == 1
