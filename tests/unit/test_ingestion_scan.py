"""What is in landing and must not be opened, or only with care; each thing is reported, and the other files load."""

import os
import socket
import tempfile
from pathlib import Path

import pytest

from footfall.ingestion.landing.files import discover
from footfall.ingestion.landing.pending import pending
from tests.support.lake import DAY, Lake, jsonl, line

FOLDER = f"landing/events/{DAY}"
OUTSIDE = "it is a link to a place outside the landing zone"


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    """A home with one good file."""
    found = Lake(tmp_path / "home")
    found.land("good.jsonl", [line("good")])
    return found


def put(lake: Lake, name: str) -> Path:
    return lake.root / FOLDER / name


def make_pipe(path: Path) -> None:
    os.mkfifo(path)


def make_socket(path: Path) -> None:
    here = Path.cwd()
    os.chdir(path.parent)  # the path of a socket has 108 bytes at most
    with socket.socket(socket.AF_UNIX) as one:
        one.bind(path.name)
    os.chdir(here)


def make_loop(path: Path) -> None:
    path.symlink_to(path.name)


def make_device(path: Path) -> None:
    path.symlink_to("/dev/zero")


def make_dangling_link(path: Path) -> None:
    path.symlink_to("no such file.jsonl")


def make_link_outside(path: Path) -> None:
    outside = path.parents[4] / "secret.jsonl"
    outside.write_bytes(jsonl([line("secret")]))
    path.symlink_to(outside)


def make_link_into_the_home(path: Path) -> None:
    (path.parents[3] / "privacy.key").write_text("0123456789" * 4)
    path.symlink_to("../../../privacy.key")


@pytest.mark.parametrize(("make", "detail"), [
    (make_pipe, "it is a named pipe"), (make_socket, "it is a socket"), (make_device, OUTSIDE),
    (make_loop, "Too many levels of symbolic links"), (make_dangling_link, "No such file or directory"),
    (make_link_outside, OUTSIDE), (make_link_into_the_home, OUTSIDE),
])
def test_what_is_not_a_file_of_the_landing_zone_is_quarantined_once_and_never_opened(
    lake: Lake, make, detail: str
) -> None:
    make(put(lake, "odd.jsonl"))
    assert len(pending(lake.home, lake.settings).files) == 2
    result = lake.load()
    assert (result.loaded, result.file_reasons) == (1, {"unreadable": 1})
    (rejected,) = lake.quarantine()
    assert (rejected["file"], rejected["reason"]) == (f"{FOLDER}/odd.jsonl", "unreadable")
    assert detail in rejected["detail"]
    assert {message for _, message in lake.live()} == {"good"}
    assert lake.load().is_empty
    assert lake.backfill().file_reasons == {"unreadable": 1}


def warnings_of(lake: Lake) -> list[str]:
    result = lake.load()
    assert {message for _, message in lake.live()} == {"good"}
    assert lake.load().is_empty
    return result.warnings


def test_folders_of_other_tools_and_links_out_are_passed_over_with_a_warning(lake: Lake) -> None:
    for folder in ("_temporary/0/attempt_1", ".staging"):
        put(lake, folder).mkdir(parents=True)
        (put(lake, folder) / "part-0.jsonl").write_bytes(jsonl([line("ghost")]))
    outside = lake.root.parent / "outside"
    outside.mkdir()
    (outside / "a.jsonl").write_bytes(jsonl([line("ghost")]))
    put(lake, "mount").symlink_to(outside)
    put(lake, "up").symlink_to("..")
    put(lake, "_SUCCESS").touch()
    put(lake, "_part.jsonl").write_bytes(jsonl([line("ghost")]))
    assert warnings_of(lake) == [
        f"{FOLDER}/_part.jsonl is not read: names that begin with _ are temporary files of other tools.",
        f"{FOLDER}/_temporary is not read: names that begin with _ are temporary files of other tools.",
        f"{FOLDER}/mount is not read: it is a link to a place outside the landing zone.",
        f"{FOLDER}/up is not read: it is a link to a folder above it.",
    ]


def test_linked_files_and_folders_inside_the_landing_zone_are_read(lake: Lake) -> None:
    store = lake.root / "landing" / "events" / ".store"
    store.mkdir()
    (store / "a.jsonl").write_bytes(jsonl([line("a")]))
    (store / "folder").mkdir()
    (store / "folder" / "b.jsonl").write_bytes(jsonl([line("b")]))
    put(lake, "a.jsonl").symlink_to(store / "a.jsonl")
    put(lake, "linked").symlink_to(store / "folder")
    result = lake.load()
    assert (result.loaded, result.warnings) == (3, [])
    assert set(lake.ledger()) == {"good.jsonl", "a.jsonl", "b.jsonl"}


@pytest.mark.parametrize("linked", ["landing", "landing/events"])
def test_the_landing_zone_itself_may_be_a_link(tmp_path: Path, linked: str) -> None:
    lake = Lake(tmp_path / "home")
    lake.land("good.jsonl", [line("good")])
    (tmp_path / "disk").mkdir()
    (lake.root / linked).rename(tmp_path / "disk" / "landing")
    (lake.root / linked).symlink_to(tmp_path / "disk" / "landing")
    assert warnings_of(lake) == []


def test_names_that_are_not_utf8_are_reported_in_readable_form(lake: Lake) -> None:
    for name in (b"caf\xe9.jsonl", b"dir\xff"):
        path = put(lake, os.fsdecode(name))
        if name.startswith(b"dir"):
            path.mkdir()
        else:
            path.write_bytes(jsonl([line("ghost")]))
    put(lake, "line\nend.txt").touch()
    warnings = warnings_of(lake)
    assert warnings == [
        f"{FOLDER}/caf\\xe9.jsonl is not read: its name is not UTF-8. Rename it.",
        f"{FOLDER}/dir\\xff is not read: its name is not UTF-8. Rename it.",
        f"{FOLDER}/line\\nend.txt is not read: its name ends in none of .jsonl, .jsonl.gz, .csv, .csv.gz, .parquet.",
    ]
    "".join(warnings).encode("utf-8")


def test_a_folder_that_may_not_be_opened_is_reported_and_the_others_are_read() -> None:
    with tempfile.TemporaryDirectory() as place:  # not pytest's, which is closed to other users
        Path(place).chmod(0o755)
        lake = Lake(Path(place))
        lake.land("good.jsonl", [line("good")])
        lake.land("closed/a.jsonl", [line("ghost")])
        closed = put(lake, "closed")
        home, settings = lake.home, lake.settings
        for folder in (lake.root, *lake.root.rglob("*")):
            folder.chmod(0o755)
        closed.chmod(0)
        user = os.geteuid()
        try:
            if user == 0:
                os.seteuid(65_534)  # root may open every folder
            files, warnings = discover(home, settings)
        finally:
            os.seteuid(user)
            closed.chmod(0o755)
        assert [file.path for file in files] == [f"{FOLDER}/good.jsonl"]
        assert warnings == [f"{FOLDER}/closed is not read: Permission denied."]


def test_a_loaded_file_that_cannot_be_read_any_more_keeps_its_lines(lake: Lake) -> None:
    lake.load()
    path = put(lake, "good.jsonl")
    path.unlink()
    make_loop(path)
    result = lake.load()
    assert result.warnings == [f"{FOLDER}/good.jsonl cannot be read any more; the lines loaded from it stay."]
    assert {message for _, message in lake.live()} == {"good"}
