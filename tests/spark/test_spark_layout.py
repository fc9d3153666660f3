"""What another program changes of a table without a row: columns, properties, the table itself. A build repairs it."""

from collections.abc import Iterable

import pytest

from footfall.ingestion.lake.commit_log import read_commits
from footfall.spark import branches, catalogs
from footfall.spark.faults import TablesLost
from footfall.spark.layout import require_layout
from footfall.spark.state import SparkState, read_state, write_state
from footfall.transform import build_sources, dbt_args, dbt_runner
from footfall.transform.engine import engine_of
from tests.support.marts import commit

NAME = "intermediate.int_workspaces"
COLUMNS = ["workspace_id string not null", "n int", "seconds decimal(18,3)", "groups array<string>"]
#: What another program does to a table each, and what the error says.
CHANGES = {
    "intermediate.a": ("add column secret string", "changed the columns of"),
    "intermediate.b": ("drop column n", "changed the columns of"),
    "intermediate.c": ("rename column n to m", "changed the columns of"),
    "intermediate.d": ("alter column n type bigint", "changed the columns of"),
    "intermediate.e": ("unset tblproperties ('write.wap.enabled')", "taken the property write.wap.enabled from"),
}


def _build(spark, names: Iterable[str]) -> dict[str, int]:
    branches.begin(spark, 1, None)
    for name in names:
        spark.sql(
            f"create table {name} ({', '.join(COLUMNS)}) using iceberg "
            "tblproperties ('write.wap.enabled' = 'true', 'footfall.layout' = 'x')"
        )
        spark.sql(f"alter table {name} alter column n comment 'a comment is no other column'")
        spark.sql(f"insert into {name} values ('expo', 1, 0.5, array('a'))")
    return branches.complete(spark, 1)


def _have_layout(home, settings, names: Iterable[str]) -> str:
    """What the macro says before a full refresh: whether each table can be filled as it is; or its error."""
    from dbt.cli.main import dbtRunner

    folder = str(dbt_args.artifacts_folder(home))
    asked = " ".join(f"{{{{ has_layout('{name}', 'x', {COLUMNS}) }}}}" for name in names)
    outcome = dbtRunner(manifest=dbt_runner.parse(home, settings)).invoke([
        "--quiet", "--no-print", "compile", "--inline", f"{{% if execute %}}{asked}{{% endif %}}",
        "--target", "spark", "--project-dir", str(dbt_args.PROJECT), "--profiles-dir", str(dbt_args.PROJECT),
        "--target-path", folder, "--log-path", folder,
    ])
    return outcome.result.results[0].node.compiled_code if outcome.success else str(outcome.exception)


def test_a_change_without_a_row_is_found_and_the_next_build_makes_the_table_again(spark, spark_home, spark_settings):
    built = _build(spark, [NAME, *CHANGES])
    require_layout(spark_home, spark_settings, built)
    for name, (change, says) in CHANGES.items():
        spark.sql(f"alter table {name} {change}")
        with pytest.raises(TablesLost, match=f"Another program has {says} the table {name}") as raised:
            require_layout(spark_home, spark_settings, {name: built[name]})
        assert "--full-refresh" in raised.value.hint
    found = _have_layout(spark_home, spark_settings, [NAME, *CHANGES])
    assert found.split() == ["True", *["False"] * len(CHANGES)]
    spark.sql(f"alter table {NAME} unset tblproperties ('footfall.layout')")
    assert "is of another program" in _have_layout(spark_home, spark_settings, [NAME])


def test_a_build_begins_from_scratch_where_its_tables_are_lost(spark, spark_home, spark_settings):
    commit(spark_home, 1, "2026-11-01")
    snapshots = _build(spark, [NAME])
    branches.tag_run(spark, snapshots, "r1")
    branches.reconcile(spark, snapshots)
    catalog = catalogs.catalog_name(spark_home, spark_settings)
    seq, prints = read_commits(spark_home)[-1].seq, build_sources.fingerprint(dbt_args.PROJECT)
    write_state(spark_home, SparkState(catalog, 1, 1, seq, prints, snapshots=snapshots))
    spark.sql(f"alter table {NAME} drop column n")
    with pytest.raises(TablesLost):
        engine_of(spark_home, spark_settings).require_usable()
    bound = build_sources.bind(spark_home, dbt_args.PROJECT, spark_settings)
    assert bound.is_full and NAME in bound.lost and bound.since_seq == 0
    assert read_state(spark_home, catalog).built_no == 0, "killed now, the next one is from scratch as well"
    branches.leave(spark)
