"""A home that two files of tests read: it is built once, because both are of one xdist group."""

from dataclasses import dataclass

import pytest

from footfall.core.home import Home
from tests.conftest import in_a_process
from tests.support import protected


@dataclass(frozen=True)
class Protected:
    """A home whose workspaces protect people in groups of five; what the commands printed about it."""

    home: Home
    output: str


@pytest.fixture(scope="session")
def protected_home(tmp_path_factory: pytest.TempPathFactory) -> Protected:
    """A sample that went through the whole job, with every kind of file. Only to be read; copy it to change it."""
    home = Home(tmp_path_factory.mktemp("protected")).ensure()
    home.settings_file.write_text(
        "exports:\n  formats: [xlsx, csv, parquet, html, svg, png, pdf]\n  workers: 1\n", encoding="utf-8"
    )
    protected.make_sample(home, k=5)
    commands = (("run",), ("run", "--json"), ("status",), ("doctor",), ("quarantine", "list"))
    answers = [in_a_process(*command, "--home", home.root, timeout=1_200) for command in commands]
    assert [answer.code for answer in answers] == [0] * len(answers), answers[0].err
    return Protected(home, "\n".join(answer.out + answer.err for answer in answers))
