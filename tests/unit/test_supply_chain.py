"""What Footfall is made of: hashes, licences, the list of parts, known vulnerabilities."""

import json
import re
import zipfile
from pathlib import Path

import pytest

from deploy import audit, licences
from deploy.locked import Package, installed, needed_to_run, read_lock, wanted
from deploy.sbom import sbom

ROOT = Path(__file__).resolve().parents[2]


# --- the lock ---------------------------------------------------------------------------------------------------------

def test_every_line_of_the_lock_is_a_pin_a_hash_or_a_note_and_every_pin_has_hashes() -> None:
    packages = read_lock()
    assert len(packages) > 100
    assert len({package.name for package in packages}) == len(packages)
    assert all(len(set(package.hashes)) == len(package.hashes) for package in packages)
    # names and hashes only: no address of an index, no package from elsewhere
    assert not re.search(r"https?:|git\+|^-|file:", (ROOT / "requirements.lock").read_text(), re.MULTILINE)


@pytest.mark.parametrize("text", [
    "evil==1.0\n", "evil==1.0 \\\n    --hash=sha256:abc\n", "--index-url https://x.example\n", "evil @ https://x.example\n",
    "evil>=1.0 \\\n    --hash=sha256:" + "0" * 64 + "\n", "a==1 \\\nb==2 \\\n    --hash=sha256:" + "0" * 64 + "\n",
    "a==1 \\\n    --hash=md5:" + "0" * 32 + "\n", "-e .\n",
])
def test_a_line_that_would_be_installed_unchecked_is_found(text: str) -> None:
    with pytest.raises(ValueError, match=r"requirements\.lock"):
        read_lock(text)


def test_everything_is_installed_with_hashes_required() -> None:
    for name in ("Makefile", "deploy/Dockerfile"):
        text = (ROOT / name).read_text(encoding="utf-8").replace("\\\n", " ")
        installs = re.findall(r"(?:uv pip sync|pip install)[^\n;&]*requirements\.lock", text)
        assert installs, name
        assert [one for one in installs if "--require-hashes" not in one] == [], name


def test_the_lock_of_spark_adds_packages_with_hashes_and_no_address_to_the_main_lock() -> None:
    from deploy.spark_lock import only_added

    text, main = (ROOT / "requirements-spark.lock").read_text("utf-8"), (ROOT / "requirements.lock").read_text("utf-8")
    added = {package.name: package.version for package in read_lock(text)}
    assert {"pyspark", "py4j", "dbt-spark", "pyiceberg", "grpcio-status", "boto3", "thrift"} <= set(added)
    assert not set(added) & {package.name for package in read_lock()}
    assert not re.search(r"https?:|git\+|^-|file:", text, re.MULTILINE)
    assert only_added(text, main) == text
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert makefile.count("--require-hashes -r requirements-spark.lock") == 2


def test_a_package_of_both_locks_has_one_version() -> None:
    from deploy.spark_lock import only_added

    pin = "{}=={} \\\n    --hash=sha256:" + "0" * 64 + "\n    # via x\n"
    main = pin.format("a", "1")
    kept = only_added(main + pin.format("B_c", "2"), main)
    assert {package.name: package.version for package in read_lock(kept)} == {"b-c": "2"}
    with pytest.raises(ValueError, match="a is 1"):
        only_added(pin.format("a", "2"), main)


def test_the_versions_that_a_session_requires_are_those_of_the_lock_of_spark() -> None:
    from footfall.spark.installed import PACKAGES

    locked = {one.name: one.version for one in read_lock((ROOT / "requirements-spark.lock").read_text("utf-8"))}
    assert {name: locked[name][:len(version)] for name, version in PACKAGES.items()} == PACKAGES


def test_what_requirements_in_asks_for_is_locked() -> None:
    used, tools = wanted()
    locked = {package.name for package in read_lock()}
    assert set(used) | set(tools) <= locked
    runs = needed_to_run(installed(read_lock()))
    assert {"dagster", "duckdb", "dbt-core"} <= runs
    assert not {"pytest", "ruff", "playwright"} & runs


# --- licences ---------------------------------------------------------------------------------------------------------

def test_the_page_of_licences_is_current_and_every_licence_was_looked_at() -> None:
    assert licences.PAGE.read_text(encoding="utf-8") == licences.page(), "run `make licences`"
    unknown = {name: licence for name, licence in licences.licences().items() if not licences.is_known(licence)}
    assert unknown == {}


@pytest.mark.parametrize(("expression", "is_known"), [
    ("MIT", True), ("MIT AND GPL-3.0-only", False), ("Artistic-1.0 OR GPL-2.0-or-later", True),
    ("AGPL-3.0-only", False), ("MPL-2.0 AND (Apache-2.0 OR MIT)", True), ("LGPL-3.0-only OR GPL-3.0-only", False),
    ("Proprietary", False), ("", False),
])
def test_a_licence_that_was_not_looked_at_is_flagged(expression: str, is_known: bool) -> None:
    assert licences.is_known(expression) is is_known


def test_footfall_says_its_own_licence() -> None:
    text = (ROOT / "LICENSE").read_text(encoding="utf-8")
    assert "Apache License" in text and "Version 2.0, January 2004" in text
    assert 'license = "Apache-2.0"' in (ROOT / "pyproject.toml").read_text(encoding="utf-8")


# --- the list of parts ------------------------------------------------------------------------------------------------

def test_the_list_of_parts_has_what_cyclonedx_requires_and_every_locked_package() -> None:
    document = sbom()
    assert (document["bomFormat"], document["specVersion"], document["version"]) == ("CycloneDX", "1.6", 1)
    assert re.fullmatch(r"urn:uuid:[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}", document["serialNumber"])
    parts = document["components"]
    assert {(part["name"], part["version"]) for part in parts} == {(one.name, one.version) for one in read_lock()}
    allowed = {"type", "bom-ref", "name", "version", "purl", "scope", "licenses", "properties"}
    for part in parts:
        assert set(part) == allowed and part["type"] == "library" and part["scope"] in ("required", "excluded")
        assert part["purl"] == part["bom-ref"] == f"pkg:pypi/{part['name']}@{part['version']}"
        (licence,) = part["licenses"]
        assert licence.get("expression") or licence["license"]["id"]
    own = document["metadata"]["component"]["bom-ref"]
    refs = [own, *(part["bom-ref"] for part in parts)]
    assert len(set(refs)) == len(refs)
    assert [one["ref"] for one in document["dependencies"]] == refs
    assert {ref for one in document["dependencies"] for ref in one["dependsOn"]} <= set(refs)
    assert json.dumps(document) == json.dumps(sbom()), "same lock, same bytes"


# --- known vulnerabilities --------------------------------------------------------------------------------------------

def _advisory(number: str, name: str, events: list[dict], **more: object) -> dict:
    ranges = [{"type": "ECOSYSTEM", "events": events}]
    affected = {"package": {"ecosystem": "PyPI", "name": name}, "ranges": ranges, **more.pop("affected", {})}
    return {"id": number, "modified": "2026-11-20T10:00:00.123Z", "summary": f"About {name}", "affected": [affected],
            **more}


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """Advisories about a locked version, a fixed one, one that is not installed and one of another ecosystem."""
    versions = {package.name: package.version for package in read_lock()}
    pyyaml = versions["pyyaml"]
    documents = [
        _advisory("GHSA-aaaa", "PyYAML", [{"introduced": "0"}, {"fixed": f"{pyyaml}.post1"}], aliases=["CVE-2026-1"]),
        _advisory("PYSEC-2026-1", "pyyaml", [{"introduced": "0"}], aliases=["CVE-2026-1"]),
        _advisory("GHSA-bbbb", "jinja2", [{"introduced": "0"}, {"fixed": versions["jinja2"]}]),
        _advisory("GHSA-cccc", "django", [{"introduced": "0"}]),
        _advisory("GHSA-dddd", "requests", [{"introduced": "0"}], withdrawn="2026-01-01T00:00:00Z"),
        {**_advisory("GHSA-eeee", "rich", [{"introduced": "0"}]), "affected": [
            {"package": {"ecosystem": "npm", "name": "rich"}, "ranges": []},
        ]},
    ]
    folder = tmp_path / "advisories" / "deep"
    folder.mkdir(parents=True)
    for document in documents:
        (folder / f"{document['id']}.json").write_text(json.dumps(document), encoding="utf-8")
    return folder.parent


def test_a_vulnerable_locked_version_is_found_once_and_a_fixed_one_is_not(
    copy: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with zipfile.ZipFile(tmp_path / "all.zip", "w") as archive:
        for file in copy.rglob("*.json"):
            archive.write(file, file.name)
    for path in (copy, tmp_path / "all.zip"):
        monkeypatch.setenv(audit.VARIABLE, str(path))
        assert audit.main([]) == audit.FOUND
        lines = capsys.readouterr().out.splitlines()
        assert len(lines) == 2 and lines[0].startswith("pyyaml ") and "GHSA-aaaa (CVE-2026-1), fixed in" in lines[0]
        assert "one known vulnerability" in lines[1]
    (copy / "deep" / "GHSA-aaaa.json").unlink()
    (copy / "deep" / "PYSEC-2026-1.json").unlink()
    assert audit.main([str(copy)]) == audit.CLEAN


def test_the_packages_of_the_lock_of_spark_are_audited_too() -> None:
    names = {package.name for package in audit.all_locked()}
    assert {"pyspark", "duckdb"} <= names


def test_without_a_copy_or_with_a_broken_one_it_says_that_nothing_was_audited(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv(audit.VARIABLE, raising=False)
    (tmp_path / "empty").mkdir()
    (tmp_path / "cut.zip").write_bytes(b"PK\x03\x04cut")
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "a.json").write_text("{")
    for arguments in ([], *([str(tmp_path / name)] for name in ("missing", "empty", "cut.zip", "broken"))):
        assert audit.main(arguments) == audit.NOT_AUDITED
        captured = capsys.readouterr()
        assert captured.out == "" and captured.err.startswith("Not audited: ") and "To do: " in captured.err


@pytest.mark.parametrize(("version", "events", "expected"), [
    ("1.2", [{"introduced": "0"}, {"fixed": "1.2"}], False),
    ("1.2", [{"introduced": "0"}, {"fixed": "1.2.1"}], True),
    ("1.2", [{"introduced": "1.2"}], True),
    ("1.2rc1", [{"introduced": "1.2"}], False),
    ("1.2", [{"introduced": "0"}, {"last_affected": "1.2"}], True),
    ("1.3", [{"introduced": "0"}, {"last_affected": "1.2"}], False),
    ("2.1", [{"introduced": "0"}, {"fixed": "1.5"}, {"introduced": "2.0"}, {"fixed": "2.2"}], True),
    ("1.9", [{"introduced": "0"}, {"fixed": "1.5"}, {"introduced": "2.0"}, {"fixed": "2.2"}], False),
    ("10.0", [{"introduced": "9.0"}, {"fixed": "10.0.1"}], True),
    ("1.0", [{"introduced": "no version"}], True),
])
def test_ranges_are_read_as_osv_defines_them(version: str, events: list[dict], expected: bool) -> None:
    affected = {"ranges": [{"type": "ECOSYSTEM", "events": events}, {"type": "GIT", "events": [{"introduced": "0"}]}]}
    assert audit.is_affected(version, affected) is expected
    assert audit.is_affected(version, {"versions": [version]})


def test_names_are_compared_as_the_index_compares_them() -> None:
    found, _ = audit.findings(
        (Package("typing-extensions", "4.0", ()),),
        iter([_advisory("A-1", "Typing.Extensions", [{"introduced": "0"}])]),
    )
    assert [one.package for one in found] == ["typing-extensions"]
