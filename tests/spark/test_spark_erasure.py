"""Bytes of erased people leave the folder of Iceberg, and upkeep keeps what published versions need."""

from footfall.erasure.search import scan
from footfall.spark import branches
from footfall.spark.maintenance import MANY_FILES, compact, expire, remove_for_good, remove_tables
from footfall.spark.refs import read_refs, tables

NIGHT = "tblproperties ('write.wap.enabled' = 'true', 'footfall.layout' = 'x')"
PARTS = "partitioned by (bucket(8, workspace_id), days(day))"
PERSON = "anna.lindqvist@example.org"


def _build(spark, number: int, since: int | None, people: list[str]) -> dict[str, int]:
    branches.begin(spark, number, since)
    for name, parts in {"marts.dim_participants": "", "intermediate.int_events": PARTS}.items():
        columns = "workspace_id string, email string, day date"
        spark.sql(f"create table if not exists {name} ({columns}) using iceberg {parts} {NIGHT}")
        values = ", ".join(f"('expo', '{person}', date '2026-03-0{n + 1}')" for n, person in enumerate(people))
        spark.sql(f"insert overwrite table {name} values {values}")
    return branches.complete(spark, number, is_full=since is None)


def _publish(spark, snapshots: dict[str, int], run_id: str) -> None:
    branches.tag_run(spark, snapshots, run_id)
    branches.reconcile(spark, snapshots)


def test_no_byte_of_an_erased_person_stays_in_the_tables(spark, spark_home, spark_settings):
    first = _build(spark, 1, None, ["bo@example.org", PERSON])
    _publish(spark, first, "r1")
    # a killed build leaves files that no snapshot names, and a model that is no more its table
    spark.sql(f"create table marts.old_people using iceberg {NIGHT} as select '{PERSON}' as email")
    spark.sql("create table marts.of_others using iceberg as select 'bo@example.org' as email")
    orphan = next((spark_home.iceberg / "marts" / "dim_participants" / "data").glob("*.parquet"))
    orphan.with_name("of-a-killed-task.parquet").write_bytes(orphan.read_bytes())
    second = _build(spark, 2, None, ["bo@example.org"])
    _publish(spark, second, "r2")
    assert any("iceberg" in place for place in scan(spark_home, [PERSON]).found)

    counts = remove_for_good(spark, spark_home, spark_settings, {"run-r2"}, second)
    found = {place for place in scan(spark_home, [PERSON]).found if not place.startswith("logs/")}
    assert found == set()
    assert counts["tags"] == counts["tables"] == 1 and counts["files"] >= 1
    for name in second:
        assert [row[0] for row in spark.sql(f"select email from {name}").collect()] == ["bo@example.org"]
        assert [row[0] for row in spark.sql(f"select email from {name} version as of 'run-r2'").collect()] == [
            "bo@example.org"
        ]
    assert spark.sql("select * from marts.of_others").count() == 1
    branches.require_unchanged(spark, 2, second)  # the next build finds its base
    branches.begin(spark, 3, 2)
    assert "build-3" not in read_refs(spark, ["marts.of_others"])["marts.of_others"].branches
    remove_tables(spark)  # as a home that goes back to DuckDB does with a catalog elsewhere
    assert tables(spark) == ["marts.of_others"]


def test_expiry_keeps_the_states_of_kept_versions_and_removes_the_others(spark, spark_home):
    states = []
    for number in (1, 2, 3):
        states.append(_build(spark, number, number - 1 or None, [f"person{number}@example.org"]))
        _publish(spark, states[-1], f"r{number}")
    assert expire(spark, states[2], {"run-r2", "run-r3"}) == ["run-r1"]
    name = "marts.dim_participants"
    refs = read_refs(spark, [name])[name]
    assert {states[1][name], states[2][name]} <= refs.snapshots and states[0][name] not in refs.snapshots
    rows = spark.sql(f"select email from {name} version as of 'run-r2'").collect()
    assert [row[0] for row in rows] == ["person2@example.org"]
    # Iceberg removes a file together with the snapshot that took it out of the table: at the next expiry
    for other in states[2]:
        spark.sql(f"alter table {other} drop branch `build-2`")
    expire(spark, states[2], {"run-r3"})
    assert not any(place.endswith(".parquet") for place in scan(spark_home, ["person1@example.org"]).found)


def test_many_small_files_of_a_part_become_one_in_the_branch_of_the_build(spark):
    _publish(spark, _build(spark, 1, None, ["bo@example.org"]), "r1")
    branches.begin(spark, 2, 1)
    for number in range(MANY_FILES):
        spark.sql(f"insert into intermediate.int_events values ('expo', 'p{number}@example.org', date '2026-03-01')")
    before = branches.complete(spark, 2)["intermediate.int_events"]
    assert compact(spark, 2) == ["intermediate.int_events"]
    after = branches.complete(spark, 2)["intermediate.int_events"]
    files = [
        spark.sql(f"select * from intermediate.int_events.files version as of {snapshot}").count()
        for snapshot in (before, after)
    ]
    assert files == [MANY_FILES + 1, 1]
    rows = [
        {row[0] for row in spark.sql(f"select email from intermediate.int_events version as of {snapshot}").collect()}
        for snapshot in (before, after)
    ]
    assert rows[0] == rows[1] and len(rows[0]) == MANY_FILES + 1
    assert spark.sql("select * from intermediate.int_events").count() == 1  # readers of main see none of it yet
    assert compact(spark, 2) == []
