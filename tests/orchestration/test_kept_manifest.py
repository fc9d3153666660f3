"""The manifest that is kept between runs: the same one, and only while it is true."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from dbt.contracts.graph.manifest import Manifest

from footfall.core.home import Home
from footfall.core.settings import Settings
from footfall.transform import dbt_args, dbt_runner, kept_manifest


@pytest.fixture(scope="module")
def parsed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Home, str, dict]]:
    """A home whose project dbt has parsed, the fingerprint of it, and the nodes as dbt made them."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "environ", dict(os.environ))
        home = Home(tmp_path_factory.mktemp("kept") / "home").ensure()
        yield home, kept_manifest.fingerprint("duckdb"), _content(dbt_runner.parse(home, Settings()))


def _content(manifest: Manifest) -> dict:
    """Everything of a manifest but when it was made."""
    return manifest.writable_manifest().to_dict() | {"metadata": None}


def test_the_kept_manifest_is_the_one_that_dbt_made(parsed: tuple[Home, str, dict]) -> None:
    home, prints, nodes = parsed
    manifest = kept_manifest.read(home, prints)
    assert manifest is not None
    assert _content(manifest) == nodes
    assert manifest.flat_graph["nodes"].keys() == nodes["nodes"].keys()


def test_parsing_again_reads_the_kept_manifest_and_leaves_the_environment_of_the_home(
    parsed: tuple[Home, str, dict], monkeypatch: pytest.MonkeyPatch,
) -> None:
    home, _, nodes = parsed
    monkeypatch.setattr(os, "environ", dict(os.environ))
    written = dbt_args.artifacts_folder(home) / "dbt.log"
    before = written.read_bytes()
    assert _content(dbt_runner.parse(home, Settings())) == nodes
    assert written.read_bytes() == before
    assert os.environ["FOOTFALL_WAREHOUSE_FILE"] == str(home.warehouse_file)


def test_a_manifest_of_another_project_engine_or_variable_is_not_used(
    parsed: tuple[Home, str, dict], tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
) -> None:
    home, prints, _ = parsed
    monkeypatch.setattr(os, "environ", dict(os.environ))
    (tmp_path / "models").mkdir()
    model = tmp_path / "models" / "one.sql"
    model.write_text("select 1 as a", encoding="utf-8")
    seen = {prints, kept_manifest.fingerprint("spark"), kept_manifest.fingerprint("duckdb", tmp_path)}
    model.write_text("select 2 as a", encoding="utf-8")
    seen.add(kept_manifest.fingerprint("duckdb", tmp_path))
    model.rename(tmp_path / "models" / "two.sql")
    seen.add(kept_manifest.fingerprint("duckdb", tmp_path))
    os.environ["DBT_SOMETHING"] = "1"
    seen.add(kept_manifest.fingerprint("duckdb"))
    assert len(seen) == 6
    assert not any(kept_manifest.is_kept(home, other) for other in seen - {prints})


def test_what_dbt_itself_wrote_into_the_project_does_not_count(tmp_path: Path) -> None:
    before = kept_manifest.fingerprint("duckdb", tmp_path)
    (tmp_path / "target").mkdir()
    (tmp_path / "target" / "run_results.json").write_text("{}", encoding="utf-8")
    assert kept_manifest.fingerprint("duckdb", tmp_path) == before


@pytest.mark.parametrize("where", ["start", "middle", "end", "cut", "other bytes"])
def test_a_damaged_kept_manifest_is_not_used(parsed: tuple[Home, str, dict], where: str) -> None:
    home, prints, _ = parsed
    path = dbt_args.artifacts_folder(home) / "kept_manifest"
    whole = path.read_bytes()
    place = {"start": 5, "middle": len(whole) // 2, "end": len(whole) - 1, "cut": 0, "other bytes": 0}[where]
    rotten = bytearray(whole)
    rotten[place] ^= 1
    text = {"cut": whole[:-100], "other bytes": b'{"bytes": null}\nx'}.get(where, bytes(rotten))
    try:
        path.write_bytes(text)
        assert kept_manifest.read(home, prints) is None
    finally:
        path.write_bytes(whole)
    assert kept_manifest.is_kept(home, prints)


def test_a_changed_manifest_json_is_written_again(parsed: tuple[Home, str, dict]) -> None:
    home, prints, _ = parsed
    path = dbt_args.manifest_path(home)
    whole = path.read_bytes()
    for damage in (lambda: path.write_text("{}", encoding="utf-8"), path.unlink):
        damage()
        assert kept_manifest.is_kept(home, prints)
        assert path.read_bytes() == whole
