"""Every macro of the dialect gives the same values on Spark as on DuckDB, for values that engines treat differently."""
# ruff: noqa: RUF001 -- letters of many scripts

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
import pytest

from footfall.core.home import Home
from footfall.core.settings import Settings
from footfall.spark.dialect import expression
from footfall.spark.functions import register_functions
from footfall.spark.timezones import bind_timezones
from footfall.transform.dbt_args import PROJECT

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

#: A zone of each kind: rules of other editions, names only one engine knows, odd offsets, dates that go back.
ZONES = (
    "UTC", "Europe/Berlin", "America/Vancouver", "America/Winnipeg", "Africa/Casablanca", "America/Havana", "ROC",
    "America/Coyhaique", "Factory", "EST", "BST", "GMT+0", "Etc/GMT+12", "Asia/Kathmandu", "Australia/Lord_Howe",
    "Pacific/Apia", "America/St_Johns", "Africa/Monrovia", "America/Sao_Paulo", "Europe/Dublin", "Pacific/Kiritimati",
)
TEXTS = (
    "", " ", "a", "A", "İstanbul", "IĞDIR ı", "ΣΊΣΥΦΟΣ", "ὈΔΥΣΣΕΎΣ", "STRASSE ß ẞ", "Ǆ ǅ ǆ", "K Å", "ﬁ ﬀ", "e\u0301É",
    "\u00a0nbsp\u00a0", "\u3000wide\u3000", "\u2009thin\u200a", "\ttab\n", "\u200bzero\u200b", "\ufeffbom",
    "a\u0085b", "a \u2028 b\v\fc", "  Two   Spaces ", "😀 EMOJI 👨‍👩‍👧", "\U00010400 Deseret", "\U00010d50 Garay",
    "\ua7cb \ua7da \u1c89", "quote\"'`\\ back", "line\nbreak\r", "\x01\x1f\x7f", "null", "NaN", "Ⅷ ⓐ Ⓐ",
    "한글 \u1112\u1161\u11ab", "عربى", "Å", "\u0345Α", "\uffff", "\U0010ffff",
)
MOMENTS = (
    "1900-01-01 00:00:00", "1969-12-31 23:59:59.9995", "1970-01-01 00:00:00.0005", "1972-01-07 00:44:29",
    "1987-10-25 02:30:59", "2011-11-06 02:30:30", "2011-12-30 10:00:00", "2026-03-29 00:59:59.999",
    "2026-03-29 01:00:00", "2026-10-25 00:30:00", "2026-10-25 01:30:00", "2026-11-28 04:30:00",
    "2026-12-31 23:59:59.999999", "2027-01-15 07:59:59.999", "2027-02-07 12:00:00", "2099-07-01 00:00:00",
    "2199-12-31 23:59:59.999999",
)


class Engines:
    """Both engines with the same tables."""

    def __init__(self, session: "SparkSession", folder: Path) -> None:
        self.session, self.folder = session, folder
        self.duckdb = duckdb.connect()
        self.duckdb.execute("set timezone = 'UTC'")

    def add_table(self, name: str, query: str, *values: object) -> None:
        path = self.folder / f"{name}.parquet"
        self.duckdb.execute(f"create or replace table {name} as {query}", list(values))
        self.duckdb.execute(f"copy {name} to '{path}'")
        self.session.read.parquet(str(path)).createOrReplaceTempView(name)

    def rows(self, engine: str, query: str) -> list[dict]:
        if engine == "duckdb":
            return self.duckdb.sql(query).to_arrow_table().to_pylist()
        return self.session.sql(query).toArrow().to_pylist()

    def assert_equal(self, table: str, calls: dict[str, tuple], order: str = "n", group: str | None = None) -> None:
        """Each macro called with its arguments, over the table, gives the same column on both engines.

        ``calls``: name of the column: macro and arguments; ``group``: the macros are aggregates by this column.
        """
        found = {}
        for engine in ("duckdb", "spark"):
            columns = ", ".join(
                f"{expression(PROJECT, engine, macro, *arguments)} as {name}"
                for name, (macro, *arguments) in calls.items()
            )
            grouped = f"select {group}, {columns} from {table} group by {group} order by {group}"
            found[engine] = self.rows(
                engine, grouped if group else f"select *, {columns} from {table} order by {order}"
            )
        assert len(found["duckdb"]) == len(found["spark"]) > 0
        differing = [
            (name, {key: value for key, value in own.items() if key not in calls}, own[name], other[name])
            for own, other in zip(found["duckdb"], found["spark"], strict=True)
            for name in own if repr(own[name]) != repr(other[name])
        ]
        assert differing == []


@pytest.fixture(scope="module")
def engines(running_spark: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engines]:
    from footfall.spark.session import open_session

    folder = tmp_path_factory.mktemp("dialect")
    conf = {"spark.driver.memory": "1g"}
    settings = Settings(warehouse={"engine": "spark"}, spark={"master": "local[2]", "conf": conf})
    session = open_session(Home(folder / "home").ensure(), settings)
    register_functions(session, PROJECT)
    differing = bind_timezones(session, ZONES)
    assert "ROC" in differing, "Spark knows no such zone"
    assert "UTC" not in differing
    engines = Engines(session, folder)
    engines.add_table(
        "texts", "select row_number() over () as n, value as text from (select unnest(?) as value)", [*TEXTS, None]
    )
    engines.add_table(
        "moments", "select row_number() over () as n, moment::timestamp as moment from (select unnest(?) as moment)",
        [*MOMENTS, None],
    )
    with contextlib.closing(engines.duckdb):
        yield engines


def test_texts(engines: Engines) -> None:
    engines.assert_equal("texts", {
        "term": ("normalise_term", "text"), "trimmed": ("lower_trimmed", "text"), "as_text": ("as_text", "text"),
        "id": ("id_of", ["coalesce(text, 'x')", "'ä'", "coalesce(text, '')"]),
        "json": ("json_of", {"text": "text"}),
    })


def test_every_letter_and_space_is_folded_alike(engines: Engines) -> None:
    """All of Unicode: engines have different editions of it."""
    engines.add_table(
        "letters", "select n, string_agg(chr(cp::int), 'x' order by cp) as text from (select cp // 64 as n, cp from "
        "range(1, 1114112) t(cp) where cp not between 55296 and 57343) group by n",
    )
    for macro in ("normalise_term", "lower_trimmed"):
        engines.assert_equal("letters", {"folded": (macro, "text")})


def test_times(engines: Engines) -> None:
    engines.add_table("pairs", "select row_number() over () as n, a.moment as earlier, b.moment as later "
                      "from moments a, moments b where a.moment <= b.moment")
    engines.assert_equal("pairs", {
        "ms": ("ms_between", "earlier", "later"), "days": ("days_between", "earlier", "later"),
        "moved": ("add_seconds", "earlier", "1800"), "text": ("as_text", "later"),
        "text_of_date": ("as_text", "cast(earlier as date)"),
    })


def test_lengths(engines: Engines) -> None:
    """Halves in particular: ms that are 0.0005 minutes more than a whole thousandth."""
    engines.add_table("lengths", "select n, ms from (select n, unnest([30 + 60 * n, n, 59 + 61 * n]) as ms "
                      "from range(0, 30000) t(n)) union all select 0, 100000000000000")
    engines.assert_equal("lengths", {
        "seconds": ("ms_as_seconds", "ms"), "minutes": ("ms_as_minutes", "ms"),
    }, order="n, ms")


def test_clocks_of_zones(engines: Engines) -> None:
    engines.add_table(
        "clocks", "select row_number() over () as n, moment, zone from moments, (select unnest(?) as zone)", [*ZONES]
    )
    engines.assert_equal("clocks", {"local": ("local_time", "moment", "zone")})
    engines.add_table(
        "two_years", "select row_number() over () as n, * from (select unnest(?) as zone), (select unnest("
        "generate_series(timestamp '2026-01-01', timestamp '2028-01-01', interval 37 minutes)) as moment)",
        ["America/Vancouver", "Africa/Casablanca", "America/St_Johns", "Europe/Berlin"],
    )
    engines.assert_equal("two_years", {"local": ("local_time", "moment", "zone")})


def test_dates_of_a_span(engines: Engines) -> None:
    """Also where clocks are set back over midnight, so that the later end has the earlier date."""
    engines.add_table(
        "spans", "select * from (values (1, timestamp '2026-01-30 22:00:00', timestamp '2026-02-02 01:00:00'), "
        "(2, timestamp '2026-01-01', timestamp '2026-01-01'), "
        "(3, timestamp '2010-11-07 02:30:30', timestamp '2010-11-07 02:45:00')) t(n, from_at, to_at)",
    )
    rows = {}
    for engine in ("duckdb", "spark"):
        ends = [
            f"cast({expression(PROJECT, engine, 'local_time', end, repr('America/St_Johns'))} as date)"
            for end in ("from_at", "to_at")
        ]
        dates = expression(PROJECT, engine, "dates_between", *ends)
        rows[engine] = engines.rows(engine, f"select n, {dates} as local_date from spans order by 1, 2")
    assert rows["duckdb"] == rows["spark"]
    assert {row["n"] for row in rows["spark"]} == {1, 2, 3}


def test_lists(engines: Engines) -> None:
    engines.add_table(
        "lists", "select * from (values (1, ['b', 'a', 'b'], ['a']), (2, [], ['x']), (3, null, ['x']), "
        "(4, ['x', null], ['y', null]), (5, ['é', 'e', 'É', 'z', 'Z', ''], ['É']), (6, ['a'], []), "
        "(7, [null], [null]), (8, ['a', 'b'], null)) t(n, one, other)",
    )
    engines.assert_equal("lists", {
        "size": ("list_size", "one"), "overlap": ("lists_overlap", "coalesce(one, other)", "coalesce(other, one)"),
        "json": ("json_of", {"list": "one", "n": "n", "none": "other", "is": "n = 1"}),
        # as dim_workspaces has them, up to the most that the loader lets in, which Java would write as 1.0E7
        "minutes": ("json_of", {"minutes": "cast(n * 75000000 / 60 as decimal(18, 1))"}),
    })


def test_lists_of_a_group(engines: Engines) -> None:
    engines.add_table(
        "grouped", "select * from (values ('one', ['b', 'a', 'b']), ('none', null), ('none', null), ('empty', []), "
        "('mixed', ['b', 'a']), ('mixed', null), ('mixed', ['c', 'a', 'a']), ('apart', ['a']), ('apart', ['b']), "
        "('nulls', ['a', null]), ('nulls', [null, 'a', 'b']), ('letters', ['é', 'z', 'Z', 'É', 'ß']), ('odd', ['']), "
        "('odd', ['', 'a'])) t(name, list)",
    )
    engines.assert_equal("grouped", {
        "joined": ("joined_lists", "list", "name <> 'odd'"),
        "common": ("common_of_lists", "list", "coalesce(cardinality(list), 0) > 0"),
    }, group="name")
    engines.assert_equal("texts", {"sorted": ("sorted_list", "text")}, group="(n % 3)")


def test_domains(engines: Engines) -> None:
    emails = [
        None, "", "a@b.example", "A@B.EXAMPLE ", "a@b@c.example", "@", "a@\u00a0İ.example", "ς@ΣΣ.example", "no-at",
    ]
    domains = [
        ["@b.example"], [" @B.Example\u3000", "@@c.example"], [], [None, "b.example"], [None], [""],
        ["i.example", "σς.example", "σσ.example"], ["@"],
    ]
    engines.add_table(
        "people", "select row_number() over () as n, * from (select unnest(?) as email), (select unnest(?) as domains)",
        emails, domains,
    )
    engines.assert_equal("people", {"is_in": ("has_domain", "email", "domains")})


def test_first_and_last_of_a_group(engines: Engines) -> None:
    day = "timestamp '2026-01-01'"
    engines.add_table(
        "steps", f"select * from (values ('a', 'x', {day}, 'é'), ('a', 'y', {day}, 'z'), ('a', null, timestamp "
        f"'2025-01-01', 'a'), ('a', null, timestamp '2027-01-01', 'a'), ('b', null, {day}, 'a'), ('c', '', {day}, ''), "
        f"('c', 'q', {day}, chr(128512)), ('c', 'r', {day}, chr(65533))) t(name, value, moment, id)",
    )
    engines.assert_equal("steps", {
        "first": ("first_by", "value", ["moment", "id"], "true"),
        "last": ("last_by", "value", ["moment", "id"], "true"),
    }, group="name")
    rows = {}
    for engine in ("duckdb", "spark"):
        known = expression(PROJECT, engine, "last_known", "value")
        rows[engine] = engines.rows(
            engine, f"select name, id, {known} over (partition by name order by moment, id rows between unbounded "
            "preceding and 1 preceding) as known from steps order by name, moment, id",
        )
    assert rows["duckdb"] == rows["spark"]


def test_order_of_texts(engines: Engines) -> None:
    """By their bytes: which of two equal moments comes first decides sessions."""
    query = (
        "select n, row_number() over (order by text, n) as place, max(text) over () as last_text from texts "
        "where text is not null order by n"
    )
    assert engines.rows("duckdb", query) == engines.rows("spark", query)
