"""What only one engine writes stands in macros of its own, so that the same models build on DuckDB and on Spark."""

import re
from pathlib import Path

import duckdb
import pytest

from footfall.spark.dialect import duckdb_expression
from footfall.transform.dbt_args import PROJECT

#: Constructs that Spark does not have (docs/decisions/0013), as they look in SQL.
ONLY_DUCKDB = {
    "* exclude": r"\bexclude\s*\(",
    "qualify": r"\bqualify\b",
    "by name": r"\bby\s+name\b",
    "a // b": r"[^:/]//[^/]",
    "x::type": r"::",
    "struct literal": r"[(,]\s*\{\s*'",
    "ignore nulls inside the call": r"ignore\s+nulls",
    "delete using": r"\bdelete\b[^;]*\busing\b",
    "cast to varchar": r"\bas\s+varchar\b",
    "list literal or type": r"(?<![\w\])'])\[|\w\[\]",
    "a lambda": r"\blambda\b",
    "a function": r"\b(epoch_us|to_seconds|generate_series|unnest|timezone|pg_timezone_names|len|list_\w+|struct_pack|"
    r"array_agg|array_sort|nfc_normalize|regexp_replace|to_json|bool_or|bool_and|if|arg_max|arg_min|count_if)\s*\(",
    "row as a value": r"\brow\s*\(",
    "positional or star extras": r"\bcolumns\s*\(|\bgroup\s+by\s+all\b|\breplace\s*\(",
}


def sql_only(text: str) -> str:
    """SQL without its comments and without Jinja: what is in braces is Jinja's, strings in it included."""
    text = re.sub(r"\{#.*?#\}|\{%.*?%\}", " ", text, flags=re.DOTALL)
    text = re.sub(r"\{\{.*?\}\}", " jinja ", text, flags=re.DOTALL)
    return re.sub(r"--[^\n]*", " ", text)


def found_in(text: str) -> set[str]:
    return {name for name, pattern in ONLY_DUCKDB.items() if re.search(pattern, sql_only(text), re.IGNORECASE)}


def without_engines(text: str) -> str:
    """A file without the macros that are written for one engine."""
    return re.sub(r"\{% macro (duckdb|spark)__.*?\{%- endmacro %\}", "", text, flags=re.DOTALL)


FILES = sorted(
    path for folder in ("models", "macros", "tests") for path in (PROJECT / folder).rglob("*.sql")
    if not path.stem.endswith("_spark")
)


@pytest.mark.parametrize("path", FILES, ids=[path.stem for path in FILES])
def test_only_the_macros_of_an_engine_use_what_only_duckdb_has(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert found_in(without_engines(text)) == set()


def test_strings_of_sql_that_jinja_puts_together_use_nothing_of_duckdbs_own_either() -> None:
    for path in FILES:
        text = path.read_text(encoding="utf-8")
        jinja = " ".join(re.findall(r"\{\{.*?\}\}|\{%.*?%\}", without_engines(text), flags=re.DOTALL))
        strings = " ".join(re.findall(r"'([^'\n]*)'", jinja))
        assert not re.search(r"::| // |ignore nulls|\b(epoch_us|len|list_\w+|unnest)\(", strings), path.name


#: dbt's own macros that Spark's dialect replaces: those for tables of Iceberg.
OF_DBT = {
    "generate_database_name", "list_relations_without_caching", "cast", "create_csv_table", "reset_csv_table",
    "load_csv_rows",
}


@pytest.mark.parametrize(("engine", "of_dbt"), [("duckdb", set()), ("spark", OF_DBT)])
def test_every_dispatched_macro_has_one_for_each_engine_and_no_other_is_there(engine: str, of_dbt: set[str]) -> None:
    text = "".join(path.read_text(encoding="utf-8") for path in (PROJECT / "macros").glob("*.sql"))
    dispatched = set(re.findall(r"adapter\.dispatch\('(\w+)'\)", text))
    assert len(dispatched) > 15
    assert dispatched | of_dbt == set(re.findall(rf"macro {engine}__(\w+)\(", text))


@pytest.mark.parametrize(("sql", "name"), [
    ("select * exclude (a) from t", "* exclude"), ("select a // 2", "a // b"), ("select a::date", "x::type"),
    ("select max_by(a, {'at': b})", "struct literal"), ("select last_value(a ignore nulls) over w",
    "ignore nulls inside the call"), ("delete from t using u where a", "delete using"), ("select [1, 2]",
    "list literal or type"), ("select cast(a as varchar)", "cast to varchar"), ("select len(a)", "a function"),
    ("select a from t union all by name select b from u", "by name"),
])
def test_the_search_finds_what_it_looks_for(sql: str, name: str) -> None:
    assert name in found_in(sql)
    assert found_in(f"-- {sql}\nselect a from {{{{ ref('x') }}}} where b['c'] = 1") <= set()


@pytest.mark.parametrize(("more", "thousandths"), [(29, 0), (30, 1), (59, 1)])
def test_minutes_are_rounded_half_up_in_exact_numbers(more: int, thousandths: int) -> None:
    """A division in floating point was below a half for 30,030 ms and 6 in a thousand of such lengths."""
    minutes = duckdb_expression(PROJECT, "ms_as_minutes", "ms")
    lengths = f"select 60 * n + {more} as ms, n + {thousandths} as expected from range(0, 50000) t(n)"
    with duckdb.connect() as connection:
        wrong = connection.execute(f"select ms from ({lengths}) where {minutes} * 1000 <> expected").fetchall()
    assert wrong == []


@pytest.mark.parametrize("dates", [("2010-11-06", "2010-11-07"), ("2010-11-07", "2010-11-06")])
def test_days_between_two_dates_do_not_depend_on_which_comes_first(dates: tuple[str, str]) -> None:
    """A clock that is set back over midnight (St. John's until 2011) gives a later moment the earlier date."""
    days = duckdb_expression(PROJECT, "dates_between", *(f"date '{day}'" for day in dates))
    with duckdb.connect() as connection:
        found = connection.execute(f"select cast({days} as varchar) as day order by day").fetchall()
    assert found == [("2010-11-06",), ("2010-11-07",)]
