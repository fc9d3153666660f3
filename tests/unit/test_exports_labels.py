"""Cells have words in place of codes, and names of clients stay apart from them."""

import pytest

from exports.tables.labels import CODES, labels


@pytest.mark.parametrize(("metric", "code", "word"), [
    ("meeting_kind", "one_to_one", "One to one"), ("frequency_measure", "active_days", "Number of active days"),
    ("content_type", "live_stream", "Live stream"), ("module", "live_streams", "Live streams"),
    ("path_source", "agenda", "Agenda"),
])
def test_a_code_has_words(metric: str, code: str, word: str) -> None:
    assert labels(metric, [code])[code] == word


def test_a_name_that_already_is_the_words_of_a_code_keeps_them_for_itself() -> None:
    assert labels("module", ["live_streams", "Live streams", "map"]) == {"map": "Map"}


@pytest.mark.parametrize("name", ["Agenda", "(exit)", "my-module", "日程", "a b", "x_", "=1+1", ""])
def test_a_name_that_is_not_in_the_form_of_a_code_stays_as_it_is(name: str) -> None:
    assert labels("module", [name]) == {}


def test_a_column_that_is_not_of_codes_has_no_words() -> None:
    assert labels("content_title", ["live_streams"]) == {}


def test_no_two_codes_of_a_column_have_the_same_words() -> None:
    for words in CODES.values():
        assert len(set(words.values())) == len(words)
