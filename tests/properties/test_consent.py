"""Refusals drawn from spellings, nestings and types: none is taken for a yes or overlooked."""

import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from footfall.core.settings import Settings
from footfall.ingestion.consent.in_line import answer_in
from footfall.ingestion.consent.words import Words

WORDS = Words.of(Settings().consent.analytics_keys)
EXAMPLES = settings(max_examples=400, deadline=None, derandomize=True)

KEYS = st.sampled_from([
    "Analytics", "analytics_storage", "C0002", "statistics", "Statistic", "performance", "audienceMeasurement",
    "cookie_cat_analytics", "Performance Cookies", "web-analytics",
])
NO = st.sampled_from([
    False, 0, 0.0, "false", "FALSE", "denied", "Denied", "no", "0", "opt-out", "optOut", "opted_out", "rejected", "off",
    "revoked", "maybe", "?", "pending", 2, [], ["marketing"], {"status": "denied"}, {"granted": False, "at": "2026"},
    {"value": "no", "id": 3}, {"nested": {"analytics": "off"}},
])
YES = st.sampled_from([True, 1, "true", "True", "granted", "yes", "allow", "opt-in", {"status": "granted", "at": "x"}])
NOISE = st.dictionaries(
    st.sampled_from(["Advertising", "functional", "version", "method", "timestamp", "provider", "C0001", "necessary"]),
    st.one_of(st.booleans(), st.sampled_from(["explicit", "2026-01-01T00:00:00Z", 3])), max_size=4,
)
WRAPPERS = st.lists(
    st.sampled_from(["categoryPreferences", "category_preferences", "purposes", "web", "preferences", "categories"]),
    max_size=3,
)
CONTAINERS = st.sampled_from([
    ("context", "consent"), ("context", "Consent"), ("context", "user_consent"), ("context", "consentManagement"),
    ("consent",), ("context", "app", "cookie_consent"), ("context", "traits", "gdprConsent"), ("properties", "consent"),
])


@st.composite
def spelled(draw: st.DrawFn, keys: st.SearchStrategy[str]) -> str:
    key = draw(keys)
    return draw(st.sampled_from([key, key.upper(), key.lower(), key.swapcase(), f" {key}"]))


@st.composite
def lines(draw: st.DrawFn, *answers: st.SearchStrategy[Any]) -> dict[str, Any]:
    """A line with one answer in each of as many containers."""
    line: dict[str, Any] = {"type": "track", "context": {"os": {"name": "iOS"}}, "properties": {"x": 1}}
    containers = draw(st.lists(CONTAINERS, min_size=len(answers), max_size=len(answers), unique=True))
    for place, answer in zip(containers, answers, strict=True):
        value: Any = {**draw(NOISE), draw(spelled(KEYS)): draw(answer)}
        for name in draw(WRAPPERS):
            value = {name: value}
        if draw(st.booleans()) and place[-1] == "consent":
            value = json.dumps(value)
        members = line
        for name in place[:-1]:
            members = members.setdefault(name, {})
        members[place[-1]] = value
    return line


@EXAMPLES
@given(lines(NO))
def test_a_drawn_refusal_is_a_refusal(line: dict[str, Any]) -> None:
    assert answer_in(line, WORDS) is False


@EXAMPLES
@given(lines(YES))
def test_a_drawn_yes_is_a_yes(line: dict[str, Any]) -> None:
    assert answer_in(line, WORDS) is True


@EXAMPLES
@given(lines(YES, NO))
def test_a_drawn_refusal_beside_a_yes_is_a_refusal(line: dict[str, Any]) -> None:
    assert answer_in(line, WORDS) is False


@EXAMPLES
@given(st.lists(KEYS, min_size=1, max_size=2), st.sampled_from(["denied", "rejected", "disallowed", "refused"]),
       st.sampled_from(["ConsentIds", "_consent_ids", "Categories", "Purposes"]))
def test_a_drawn_list_of_what_was_refused_is_a_refusal(keys: list[str], how: str, what: str) -> None:
    for names in (keys, ",".join(keys), json.dumps(keys), dict.fromkeys(keys, "label")):
        assert answer_in({"context": {"consentManagement": {how + what: names}}}, WORDS) is False


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
        st.sampled_from(["consent", "Analytics", "denied", "id", "status", "purposes", "7", "tcf", "x", ""]), inner,
        max_size=4,
    ), max_leaves=12,
)


@EXAMPLES
@given(JSON)
def test_whatever_is_in_the_place_of_an_answer_is_read_without_an_error(value: Any) -> None:
    assert answer_in({"context": {"consent": value}}, WORDS) in (True, False, None)
