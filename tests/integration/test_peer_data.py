"""Real event data nobody here wrote, read through a mapping: the numbers agree with what is known about it.

The data are beside the repository (``../shared/data``), not in it.
"""

import csv
import gzip
import io
from datetime import date, datetime
from pathlib import Path

import pytest

from tests.support.comparison import build_differences, differences
from tests.support.laws import broken_laws
from tests.support.reference import compute, read_catalogue
from tests.support.warehouse import Warehouse

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"
FIRST_NIGHT, SECOND_NIGHT = date(2026, 6, 1), date(2026, 6, 2)

MAPPING = """
sources:
  events:
    - name: peer
      path: landing/events/{load_date}/*.csv.gz
      format: csv
      mapping:
        message_id: "lpad(seq::varchar, 9, '0')"  # equal times keep the order of the file
        workspace_id: workspace_id
        user_id: user_id
        device_id: device_id
        occurred_at: "try_cast(ts as timestamp)"
        event: event_name
        os: "'web'"
        module: screen
"""

pytestmark = [
    pytest.mark.skipif(not DATA.is_dir(), reason="the data are outside the repository"),
    pytest.mark.xdist_group("peer_data"),  # so that two workers do not both build what all these tests read
]


def records_of(name: str) -> list[dict]:
    with gzip.open(DATA / name / "events.csv.gz", "rt", encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def as_csv(records: list[dict]) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, records[0])
    writer.writeheader()
    writer.writerows(records)
    return gzip.compress(text.getvalue().encode(), mtime=0)


def warehouse_of(root: Path, name: str, *nights: date) -> Warehouse:
    """Load the records in turns over the nights: with two of them, nearly every visit is cut again on the second."""
    root.mkdir(parents=True, exist_ok=True)
    (root / "footfall.yml").write_text(MAPPING, encoding="utf-8")
    warehouse = Warehouse.at(root)
    records = records_of(name)
    for turn, night in enumerate(nights):
        part = records[turn::len(nights)]
        folder = warehouse.home.landing / "events" / night.isoformat()
        folder.mkdir(parents=True)
        (folder / "events.csv.gz").write_bytes(as_csv(part))
        result = warehouse.load(f"night {night}")
        assert (result.lines_in, result.loaded) == (len(part), len(part))
        warehouse.build()
    return warehouse


@pytest.fixture(scope="module")
def reconstructr(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    return warehouse_of(tmp_path_factory.mktemp("reconstructr"), "reconstructr", FIRST_NIGHT)


@pytest.fixture(scope="module")
def apache_logs(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    return warehouse_of(tmp_path_factory.mktemp("apache_logs"), "apache_logs", FIRST_NIGHT, SECOND_NIGHT)


def ask(warehouse: Warehouse, query: str) -> list[tuple]:
    with warehouse.marts() as connection:
        return connection.execute(query).fetchall()


def test_reconstructr_has_the_sessions_its_own_package_counts(reconstructr: Warehouse) -> None:
    query = """
        select
            (select count(*) from built.marts.fct_sessions), (select count(*) from built.marts.fct_visits),
            (select count(distinct user_id) from built.marts.fct_visits where is_counted)
    """
    assert ask(reconstructr, query) == [(22_226, 22_226, 10_000)]


def test_apache_logs_has_the_visits_and_durations_that_plain_loops_counted(apache_logs: Warehouse) -> None:
    query = """
        select count(*), sum(elapsed_seconds)::integer, count(*) filter (where is_single_event)
        from built.marts.fct_visits
    """
    assert ask(apache_logs, query) == [(3_224, 48_818, 1_775)]


def test_the_first_ten_steps_of_apache_logs_agree_with_what_is_known(apache_logs: Warehouse) -> None:
    query = """
        select sum(visits)::integer, (sum(visits) filter (where target_kind = 'exit'))::integer,
            count(distinct (source, target, target_kind))
        from built.marts.agg_path_links where level = 'module' group by step order by step
    """
    assert ask(apache_logs, query) == list(zip(
        [3224, 1254, 798, 699, 659, 574, 235, 151, 122, 102],
        [1970, 456, 99, 40, 85, 339, 84, 29, 20, 10],
        [1008, 554, 408, 343, 317, 238, 173, 140, 120, 85],
        strict=True,
    ))


def test_every_mart_of_apache_logs_equals_the_reference(apache_logs: Warehouse) -> None:
    rows = [
        {
            "load_date": None, "workspace_id": row["workspace_id"], "message_id": row["seq"].zfill(9),
            "user_id": row["user_id"], "device_id": row["device_id"], "type": "track", "event": row["event_name"],
            "os": "web", "occurred_at": datetime.fromisoformat(row["ts"].removesuffix("Z")), "module": row["screen"],
        }
        for row in records_of("apache_logs")
    ]
    catalogue = read_catalogue(apache_logs.dbt_project / "seeds" / "event_catalog.csv")
    expected = compute(rows, {}, catalogue, SECOND_NIGHT)
    assert not list(map(str, differences(expected, apache_logs.tables())))


@pytest.mark.parametrize("name", ["reconstructr", "apache_logs"])
def test_the_laws_hold_on_real_data(name: str, request: pytest.FixtureRequest) -> None:
    assert broken_laws(request.getfixturevalue(name)) == {}


def test_two_nights_of_every_other_line_equal_one_build_of_all(apache_logs: Warehouse, tmp_path: Path) -> None:
    assert build_differences(apache_logs, apache_logs.from_scratch(tmp_path / "scratch")) == []
