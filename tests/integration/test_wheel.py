"""The wheel by itself: what `pip install` of it gives runs from an empty folder, without the repository."""

import os
import shutil
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

import pytest

from tests.conftest import REPOSITORY, Answer

PACKAGES = ("footfall", "footfall_cli", "orchestration", "exports", "dbt_project")
SAMPLE = ("--workspaces", "1", "--participants", "8", "--days", "2")


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The `footfall` command of an environment that has the wheel; its dependencies are those of this environment."""
    base = tmp_path_factory.mktemp("wheel")
    source = base / "source"
    source.mkdir()
    for name in PACKAGES:
        unwanted = shutil.ignore_patterns("__pycache__", "target", "logs", "*.egg-info")
        shutil.copytree(REPOSITORY / name, source / name, ignore=unwanted)
    for name in ("pyproject.toml", "README.md"):
        shutil.copy(REPOSITORY / name, source / name)
    _pip("wheel", "--no-deps", "--no-build-isolation", "--no-index", "--wheel-dir", str(base), str(source))
    shutil.rmtree(source)

    venv.create(base / "env", with_pip=False)
    python = base / "env" / "bin" / "python"
    (wheel,) = base.glob("*.whl")
    _pip("--python", str(python), "install", "--no-deps", "--no-index", str(wheel))
    # Lines of a .pth file add folders, but not what .pth files in these say: the repository stays out.
    (site,) = (base / "env" / "lib").glob("python*/site-packages")
    (site / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    return base / "env" / "bin" / "footfall"


def test_the_wheel_makes_a_home_and_a_sample_and_runs_from_an_empty_folder(installed: Path, tmp_path: Path):
    code = "import footfall, dbt_project; print(footfall.__file__, *dbt_project.__path__)"
    paths = _run(installed.with_name("python"), "-c", code, folder=tmp_path).out
    assert paths.count(str(installed.parents[1])) == 2, "the code is that of the wheel"

    for command in (("init",), ("sample", *SAMPLE), ("run",)):
        done = _run(installed, *command, folder=tmp_path)
        assert done.code == 0, done.err
    home = tmp_path / "data"
    (folder,) = (path.parent for path in (home / "exports").glob("*/event/manifest.json"))
    assert {"report.html", "interaction_stats.xlsx", "graphs"} <= {path.name for path in folder.iterdir()}
    assert (home / "published" / "footfall.duckdb").exists()
    assert [path.name for path in tmp_path.iterdir()] == ["data"]

    again = _run(installed, "run", "--json", folder=tmp_path)
    assert again.document["outcome"] == "nothing_new"


def _pip(*arguments: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet", *arguments],
        capture_output=True, text=True, check=False,
    )
    assert done.returncode == 0, done.stderr


def _run(program: Path, *arguments: str, folder: Path) -> Answer:
    """Run a program in a folder, with nothing of this process's environment that leads to the repository."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "FOOTFALL", "DAGSTER"))}
    settings = {"FOOTFALL_EXPORTS__FORMATS": '["xlsx", "csv", "html", "svg"]', "FOOTFALL_EXPORTS__WORKERS": "1"}
    done = subprocess.run(
        [program, *arguments], cwd=folder, env={**kept, **settings}, capture_output=True, text=True, timeout=600,
        check=False,
    )
    return Answer(done.returncode, done.stdout, done.stderr)
