"""What readers of Iceberg see where workspaces are anonymised: no row about them, by `main` and by tags of runs.

What may be seen of such a workspace is in ``published/`` only, changed for publication. Builds need all rows, so the
branches of builds keep them, in the same files: who may read these, reads everything (docs/privacy.md).
"""

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Any

from footfall.spark.branches import WAP, branch_of, leave
from footfall.spark.refs import read_refs, run_all

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

_WORKSPACE = "workspace_id"


def without_workspaces(
    session: "SparkSession", snapshots: Mapping[str, int], build_no: int, left_out: Collection[str]
) -> dict[str, int]:
    """Snapshots of the tables of a build as readers may see them, made in a branch of their own.

    The marts lose the rows of the workspaces; tables between lake and marts lose all rows, as nobody reads them.

    Args:
        snapshots: of the build, by `namespace.table`.
        left_out: the anonymised workspaces; without any, the snapshots stay those of the build.
    """
    if not left_out:
        return dict(snapshots)
    leave(session)
    branch = f"{branch_of(build_no)}-readers"
    run_all(session, {
        name: [f"alter table {name} create or replace branch `{branch}` as of version {snapshot}"]
        for name, snapshot in snapshots.items()
    })
    session.conf.set(WAP, branch)
    try:
        run_all(session, {name: statement for name in snapshots if (statement := _hide(session, name, left_out))})
    finally:
        leave(session)
    return {name: refs.branches[branch] for name, refs in read_refs(session, snapshots).items()}


def shows_everybody(current: Mapping[str, Any]) -> bool:
    """Whether the tables of a published version show anonymised workspaces, as they did at first.

    Args:
        current: the version's `current.json`.
    """
    return bool(current.get("is_projected")) and "left_out" not in current


def _hide(session: "SparkSession", name: str, left_out: Collection[str]) -> list[str]:
    if not name.startswith("marts."):
        return [f"delete from {name}"]
    if _WORKSPACE not in session.table(name).columns:
        return []
    return [f"delete from {name} where {_WORKSPACE} in ({', '.join(map(_literal, sorted(left_out)))})"]


def _literal(text: str) -> str:
    """A text as Spark's SQL writes it: also one with quotes and backslashes."""
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"
