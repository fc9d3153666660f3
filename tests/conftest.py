"""What tests of several folders share: a home with everything in it, and the command in this process."""

import fcntl
import gc
import json
import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from footfall.core.home import Home
from tests.support.forked import COMMAND, REPOSITORY, Forked  # noqa: F401 - others take REPOSITORY from here

DEMO_SAMPLE = ("--workspaces", "2", "--participants", "40", "--days", "4", "--seed", "7", "--dirty", "0.04")
#: Pictures take longer than all the rest and have tests of their own.
DEMO_SETTINGS = "exports:\n  formats: [xlsx, csv, parquet, html]\n  workers: 1\n"

#: What the tests themselves read; everything else that starts so is a setting.
FOR_TESTS = frozenset({
    "FOOTFALL_CI", "FOOTFALL_ERASE_PEOPLE", "FOOTFALL_EXAMPLES", "FOOTFALL_PLANS", "FOOTFALL_SEED",
    "FOOTFALL_SAMPLE_DAYS", "FOOTFALL_SAMPLE_PARTICIPANTS", "FOOTFALL_SPARK_PLANS", "FOOTFALL_WORLDS",
})


@dataclass(frozen=True)
class Answer:
    """What a command answered."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> dict[str, Any]:
        return json.loads(self.out)


def pytest_configure() -> None:
    """Nothing of the caller's own installation reaches the tests, and no tool calls home."""
    for name in [name for name in os.environ if name.startswith("FOOTFALL_") and name not in FOR_TESTS]:
        del os.environ[name]
    gc.set_threshold(10_000, 20, 50)  # dbt and Dagster make many small objects, which all stay: 7 % of a build
    os.environ |= {"DO_NOT_TRACK": "1", "DAGSTER_DISABLE_TELEMETRY": "1", "GX_ANALYTICS_ENABLED": "false"}


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Tests that read what is made once a file, or once a folder of tests, run in one worker: it is made once then."""
    if not getattr(config.option, "loadgroup", False):  # no worker of xdist
        return
    for item in items:
        marker = item.get_closest_marker("xdist_group")
        found = getattr(item, "_fixtureinfo").name2fixturedefs.values()  # noqa: B009 - pytest has no other way
        places = {one[-1].baseid for one in found if one[-1].scope in ("module", "session")} - {"", "tests"}
        group = marker.args[0] if marker else min(places, default=None)
        if group and not item.nodeid.endswith(f"@{group}"):
            # The controller finds the group at the end of the id. xdist 3.8 writes it where pytest 9.2 no longer reads.
            whole = f"{item.nodeid}@{group}"
            item._id = type(item.id).parse(whole)
            assert item.nodeid == whole


def in_a_process(*arguments: str | Path, timeout: float = 600) -> Answer:
    """Run `footfall` in a process of its own, whose imports are spared."""
    return Answer(*Forked(COMMAND, *arguments).finish(timeout))


@pytest.fixture(scope="session")
def demo_home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A home with a small dirty sample that went through the whole job once. Only to be read; copy it to change it.

    Test processes that run side by side share one: the first makes it, the others wait.
    """
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base
    home = Home(shared / "demo_home")
    with (shared / "demo_home.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not home.current.exists():
            home.ensure()
            home.settings_file.write_text(DEMO_SETTINGS, encoding="utf-8")
            for command in (("sample", *DEMO_SAMPLE), ("run",)):
                made = in_a_process(*command, "--home", home.root)
                assert made.code == 0, made.err
    return home


@pytest.fixture
def demo_copy(demo_home: Home, tmp_path: Path) -> Home:
    """The same home, for one test to do with as it likes."""
    return Home(Path(shutil.copytree(demo_home.root, tmp_path / "home", symlinks=True)))


@pytest.fixture
def footfall(capsys: pytest.CaptureFixture[str]) -> Iterator[Callable[..., Answer]]:
    """Run `footfall` in this process, which spares its imports: `footfall("status", "--home", home.root)`."""
    from footfall_cli.commands import app
    from footfall_cli.errors import guard

    environment = dict(os.environ)

    def run(*arguments: str | Path) -> Answer:
        capsys.readouterr()
        mask = os.umask(0o077)  # as `main` sets it
        try:
            code = guard(app, [str(argument) for argument in arguments])
        finally:
            os.umask(mask)
        captured = capsys.readouterr()
        return Answer(code, captured.out, captured.err)

    yield run
    os.environ.clear()
    os.environ.update(environment)
