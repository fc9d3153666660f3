"""Names drawn from many scripts and written in drawn spellings are found in searches and titles."""
# ruff: noqa: RUF001 -- names in many scripts

import unicodedata
from urllib.parse import quote

from hypothesis import given, settings
from hypothesis import strategies as st

from footfall.metrics.disclosure.names import names_of

EXAMPLES = settings(max_examples=400, deadline=None, derandomize=True)
LATIN = [
    ("Łukasz", "Wałęsa"), ("Jørgen", "Ødegård"), ("Zoë", "Müller"), ("Hans", "Groß"), ("Sean", "O'Brien"),
    ("Jean-Luc", "Picard"), ("Ana", "García Márquez"), ("Thị", "Nguyễn"), ("Ayşe", "Yılmaz"), ("Jan", "van der Berg"),
    ("Дмитрий", "Шостакович"), ("Νίκος", "Παπαδόπουλος"), ("Anna-Maria", "Smith-Jones"), ("Æthel", "Bæk"),
]
CJK = [("太郎", "山田"), ("花子", "佐藤"), ("민수", "김"), ("지은", "박"), ("小明", "李"), ("伟", "王"),
       ("タロウ", "ヤマダ")]
SURROUNDINGS = st.sampled_from(["{}", "who is {}?", "talk: {}!", "Dr. {}", "{} (PhD)", "mail {} please", "/people/{}"])


def bare(text: str) -> str:
    return "".join(one for one in unicodedata.normalize("NFD", text) if unicodedata.category(one) != "Mn")


SPELLINGS = st.sampled_from([
    str, str.upper, str.lower, str.title, bare, lambda text: unicodedata.normalize("NFD", text),
    lambda text: text.replace("ü", "ue").replace("ö", "oe").replace("ø", "oe").replace("å", "aa"),
    lambda text: text.replace("ł", "l").replace("Ł", "L").replace("ø", "o").replace("Ø", "O").replace("ß", "ss"),
    lambda text: text.replace("-", " "), lambda text: text.replace("-", "").replace("'", "’"),
    lambda text: quote(text), lambda text: text.replace(" ", "_"), lambda text: text.replace(" ", "\u00a0"),
    lambda text: "\u200b".join(text), lambda text: text.encode("unicode_escape").decode().replace("\\x", "\\u00"),
])
ORDERS = st.sampled_from(["{0} {1}", "{1} {0}", "{1}, {0}", "{1}"])


@EXAMPLES
@given(st.sampled_from(LATIN), ORDERS, SPELLINGS, SPELLINGS, SURROUNDINGS)
def test_a_drawn_name_is_found_in_a_drawn_spelling(name, order, spelling, second, around) -> None:
    names = names_of([("expo", "u1", None, *name), ("expo", "u2", None, "Other", "Person")])["expo"]
    text = around.format(second(spelling(order.format(*name))))
    assert names.in_search(text)
    assert names.in_title(text)


@EXAMPLES
@given(st.sampled_from(CJK), st.sampled_from(["{1}{0}", "{1} {0}", "{0}{1}", "{1}{0}さん", "{1}・{0}", "{1}{0}님"]),
       st.sampled_from(["{}", "資料{}の", "{}様へ", "연락처{}", "talk by {}!", "{}CV.pdf"]))
def test_a_drawn_name_without_word_boundaries_is_found(name, order, around) -> None:
    names = names_of([("expo", "u1", None, *name)])["expo"]
    text = around.format(order.format(*name))
    assert names.in_search(text)
    assert names.in_title(text)


@EXAMPLES
@given(st.sampled_from([*LATIN, *CJK]), st.text(max_size=12))
def test_any_text_is_compared_without_an_error_and_a_name_within_it_is_found(name, text) -> None:
    names = names_of([("expo", "u1", None, *name)])["expo"]
    assert names.in_search(text) in (True, False)
    assert names.in_search(f"{text} {name[1]} {name[0]}")
