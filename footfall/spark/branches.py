"""Write, audit, publish: a build writes to a branch of every table of Iceberg, and readers follow when it is published.

::

    build-<n>   branch: the state that build n has made; the session reads and writes it (`spark.wap.branch`)
    run-<id>    tag: the state that run <id> has published; readers of a tag see one run, and never half of one
    main        what `select … from marts.fct_visits` reads: the tag that `published/current.json` names

Three places decide what counts, each by one write: ``state.build`` says which build is complete, the swap of
``published/current.json`` which tag is published, and ``main`` of every table follows it. What a killed run leaves
between them is put right by `reconcile` at the next start.
"""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from footfall.core.errors import FootfallError
from footfall.spark.faults import TablesLost
from footfall.spark.refs import Refs, catalog, read_refs, run_all, tables

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

#: Option of the session: the branch that it reads and writes.
WAP = "spark.wap.branch"
_BUILD, _RUN = "build-", "run-"
#: What to do where tables are lost and no run is at work, which does it by itself.
REBUILD = (
    "The next `footfall run` that has something to do builds every table from the lake; "
    "`footfall run --full-refresh` does it now."
)


def tag_of(run_id: str) -> str:
    """Name of the tag of what a run has published."""
    return _RUN + run_id


def branch_of(build_no: int) -> str:
    """Name of the branch of a build."""
    return f"{_BUILD}{build_no}"


def begin(session: "SparkSession", build_no: int, built_no: int | None) -> None:
    """Let the session write build ``build_no`` to a branch, which starts from what build ``built_no`` made.

    Branches of builds that ended half-way are removed, so that a build which is begun again starts from the same.
    Tables of others in the same namespaces are left alone.

    Args:
        built_no: the last complete build (see `require_unchanged`); None: everything is built from scratch.
    """
    leave(session)
    refs = read_refs(session, tables(session))
    branch, base = branch_of(build_no), branch_of(built_no) if built_no is not None else None
    work: dict[str, list[str]] = {}
    for name, own in refs.items():
        if not _is_ours(own):
            continue
        start = own.main if base is None else own.branches.get(base)
        kept = (base,) if start is None else (base, branch)
        work[name] = [
            f"alter table {name} drop branch `{old}`"
            for old in sorted(own.branches) if old.startswith(_BUILD) and old not in kept
        ]
        if start is not None:
            work[name].append(f"alter table {name} create or replace branch `{branch}` as of version {start}")
    run_all(session, work)
    session.conf.set(WAP, branch)


def leave(session: "SparkSession") -> None:
    """Let the session read and write ``main`` again."""
    session.conf.unset(WAP)


def complete(session: "SparkSession", build_no: int, *, is_full: bool = False) -> dict[str, int]:
    """Snapshot of each table in a build that has ended well, by name; the session reads ``main`` again.

    Args:
        is_full: leave out tables that this build did not write: models that are no more.

    Raises:
        FootfallError: no table has the build's branch: another program has removed it.
    """
    leave(session)
    branch = branch_of(build_no)
    refs = read_refs(session, tables(session))
    written = {
        name: own.branches[branch] for name, own in refs.items()
        if branch in own.branches and not (is_full and own.branches[branch] == own.main)
    }
    if not written:
        raise FootfallError(
            f"No table of Iceberg has the branch {branch!r} of this build.", where="the catalog of Iceberg",
            hint="See that no other program works on these tables, then run again.",
        )
    return written


def tag_run(session: "SparkSession", snapshots: Mapping[str, int], run_id: str) -> str:
    """Name the state that is about to be published: the tag ``run-<id>`` on every table; returns its name."""
    tag = tag_of(run_id)
    run_all(session, {
        name: [f"alter table {name} create or replace tag `{tag}` as of version {snapshot}"]
        for name, snapshot in snapshots.items()
    })
    return tag


def reconcile(
    session: "SparkSession", published: Mapping[str, int] | None, *, is_full: bool = False
) -> list[str]:
    """Let ``main`` of every table be what is published; also the last step of a publication.

    Args:
        published: snapshot of each table by ``published/current.json``; None: nothing is published.
        is_full: every table is being built from scratch, so what is gone is no error.

    Returns:
        The tables whose ``main`` was moved.

    Raises:
        TablesLost: a table lacks what is published; nothing is moved.
        FootfallError: another program has changed its ``main``; nothing is moved.
    """
    leave(session)
    if not published:
        return []
    refs = read_refs(session, [name for name in tables(session) if name in published])
    moves = {}
    for name, snapshot in published.items():
        own = refs.get(name)
        if is_full and (own is None or snapshot not in own.snapshots):
            continue
        if own is None or snapshot not in own.snapshots:
            raise TablesLost(
                f"The table {name} of Iceberg lacks snapshot {snapshot}, which is published: another program has "
                "removed it.",
                where="published/current.json and the catalog of Iceberg", hint=REBUILD,
            )
        if own.main != snapshot:
            if own.main is not None and own.main not in _own_states(own):
                raise changed_by_others(name, own.main, snapshot)
            moves[name] = snapshot
    run_all(session, {
        name: [f"call {catalog(session)}.system.set_current_snapshot(table => '{name}', snapshot_id => {snapshot})"]
        for name, snapshot in moves.items()
    })
    return sorted(moves)


def have(session: "SparkSession", snapshots: Mapping[str, int]) -> bool:
    """Whether every table still has this snapshot."""
    refs = read_refs(session, [name for name in tables(session) if name in snapshots])
    return all(name in refs and snapshot in refs[name].snapshots for name, snapshot in snapshots.items())


def changed_by_others(name: str, found: int, published: int) -> FootfallError:
    """The error for a table whose ``main`` no run of Footfall has written."""
    return FootfallError(
        f"Another program has changed {name} of Iceberg: `main` is snapshot {found}, published is {published}.",
        where="the catalog of Iceberg",
        hint="Nothing was changed. Take the change back, then run again: "
        f"call system.set_current_snapshot(table => '{name}', snapshot_id => {published})",
    )


def remove_tags(session: "SparkSession", names: Iterable[str], kept: Iterable[str]) -> list[str]:
    """Remove the tags of runs but the ``kept`` ones from tables; returns the names of the removed tags."""
    kept = set(kept)
    refs = read_refs(session, names)
    old = {name: [tag for tag in own.tags if tag.startswith(_RUN) and tag not in kept] for name, own in refs.items()}
    run_all(session, {name: [f"alter table {name} drop tag `{tag}`" for tag in tags] for name, tags in old.items()})
    return sorted({tag for tags in old.values() for tag in tags})


def _own_states(own: Refs) -> set[int]:
    """Snapshots that ``main`` had or can have by Footfall: those that runs have published or builds have made."""
    return {snapshot for tag, snapshot in own.tags.items() if tag.startswith(_RUN)} | {
        snapshot for branch, snapshot in own.branches.items() if branch.startswith(_BUILD)
    }


def _is_ours(own: Refs) -> bool:
    """Whether a table is one that builds have made: one without snapshots, or with a name that they give."""
    return own.main is None or any(name.startswith((_BUILD, _RUN)) for name in (*own.branches, *own.tags))


def require_unchanged(session: "SparkSession", build_no: int, snapshots: Mapping[str, int]) -> None:
    """Check that the branch of a complete build is what this build made.

    Raises:
        TablesLost: another program has removed it.
        FootfallError: another program has changed it; nothing was changed.
    """
    branch = branch_of(build_no)
    refs = read_refs(session, [name for name in tables(session) if name in snapshots])
    for name, snapshot in snapshots.items():
        found = refs[name].branches.get(branch) if name in refs else None
        if found is None:
            raise TablesLost(
                f"The table {name} of Iceberg lacks the branch {branch!r} of the last build: another program has "
                "removed it.",
                where="the catalog of Iceberg", hint=REBUILD,
            )
        if found != snapshot:
            raise FootfallError(
                f"Another program has changed the branch {branch!r} of the table {name} of Iceberg.",
                where="the catalog of Iceberg",
                hint="Nothing was changed. `footfall run --full-refresh` builds every table from the lake.",
            )
