"""The lists of words are in one place: what reads them agrees with it, and no code writes one of them out again."""

import re

import pytest
import yaml

from footfall.core.vocabulary import PATH, names, read_vocabulary, vocabulary
from tests.conftest import REPOSITORY

WORDS = vocabulary()
LISTS = {
    "content types": names(WORDS.content_types), "operating systems": names(WORDS.operating_systems),
    "frequency bands": names(WORDS.frequency_bands), "formats": WORDS.export_formats, "roles": names(WORDS.roles),
    "statuses": names(WORDS.meeting_statuses), "responses": WORDS.meeting_responses,
}
#: Files that name the words one by one: columns of the contract and of answers are called after operating systems, the
#: rules of what kind of client sent an event are about single ones, and each status of a meeting has its colour.
EXPLAINED = {
    "dbt_project/models/marts/fct_user_daily.sql", "footfall/metrics/sql/answers/content_items.sql",
    "footfall/metrics/sql/answers/interactions_by_day_os.sql", "exports/graphs/theme.py",
    "footfall/metrics/sql/filtered/2__filtered_user_usage.sql", "footfall/ingestion/validation/sql/clients.sql",
}
CODE = sorted(
    path for folder in ("footfall", "footfall_cli", "exports", "orchestration", "dbt_project")
    for path in (REPOSITORY / folder).rglob("*")
    # the sample is a client of its own, which writes what clients write
    if path.suffix in (".py", ".sql", ".js") and not {"sample", "target"} & set(path.parts)
)


@pytest.mark.parametrize("name", LISTS)
def test_no_code_writes_a_list_out_again(name: str) -> None:
    quoted = re.compile("|".join(f"['\"]{word}['\"]" for word in LISTS[name]))
    found = {
        f"{path.relative_to(REPOSITORY)}"
        for path in CODE for line in path.read_text(encoding="utf-8").splitlines() if len(set(quoted.findall(line))) > 2
    }
    assert found - EXPLAINED == set()


def test_the_contract_lists_the_same_words() -> None:
    contract = (REPOSITORY / "docs" / "contract.md").read_text(encoding="utf-8")
    for words in (
        names(WORDS.content_types), names(WORDS.roles), names(WORDS.meeting_kinds), names(WORDS.meeting_statuses),
        WORDS.meeting_responses,
    ):
        assert " ".join(f"`{word}`" for word in words) in contract
    lists = yaml.safe_load(PATH.read_text(encoding="utf-8"))["vars"]
    assert ", ".join(f"`{kind['name']}`" for kind in lists["event_kinds"]) in " ".join(contract.split())
    for setting, default in WORDS.workspace_defaults.items():
        assert f"{setting} ({default})" in contract


def test_the_erasure_searches_every_format_that_exports_write() -> None:
    from footfall.erasure.search import PICTURES, PLAIN, READERS

    assert {f".{name}" for name in WORDS.export_formats} <= PLAIN | PICTURES | set(READERS)


def test_a_list_that_lacks_a_name_is_an_error_and_not_a_shorter_list(tmp_path) -> None:
    text = PATH.read_text(encoding="utf-8")
    broken = tmp_path / "vars.yml"
    broken.write_text(text.replace("{name: ios, title: iOS,", "{title: iOS,"), encoding="utf-8")
    with pytest.raises(KeyError, match="name"):
        read_vocabulary(broken)


def test_titles_of_pages_sheets_and_graphs_are_those_of_the_contract() -> None:
    known = {one.name: (one.sheet_key, one.page, one.graph, one.graph_title) for one in WORDS.content_types}
    assert known["form"] == ("forms", "forms", "top_forms", "Most viewed forms")
    assert known["user"] == ("popular_users", "popular", "top_profiles", "Popular users")
    assert known["live_stream"] == ("live_stream_views", "streams", "top_live_streams", "Most viewed live streams")
