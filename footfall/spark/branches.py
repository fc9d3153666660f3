"""Write, audit, publish: a build writes to a branch of every table of Iceberg, and readers follow when it is published.

::

    build-<n>   branch: the state that build n has made; the session reads and writes it (`spark.wap.branch`)
    run-<id>    tag: the state that run <id> has published; readers of a tag see one run, and never half of one
    main        what `select … from marts.fct_visits` reads: the tag that `published/current.json` names

Three places decide what counts, each by one write: ``state.build`` says which build is complete, the swap of
``published/current.json`` which tag is published, and ``main`` of every table follows it. What a killed run leaves
between them is put right by `reconcile` at the next start.
"""

from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

from footfall.core.errors import FootfallError

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

#: Namespaces of the tables that dbt makes; `lake` and `state` are what a build reads, and have no branches.
NAMESPACES = ("staging", "intermediate", "marts")
_WAP = "spark.wap.branch"
_BUILD, _RUN = "build-", "run-"
#: Statements at a time: each is a commit to the catalog of 0.1 to 0.5 s that waits more than it computes.
_AT_A_TIME = 4


@dataclass(frozen=True)
class Refs:
    """Names that a table has for snapshots; ``snapshots``: every snapshot that it still has."""

    branches: Mapping[str, int]
    tags: Mapping[str, int]
    snapshots: frozenset[int]

    @property
    def main(self) -> int | None:
        return self.branches.get("main")


def tag_of(run_id: str) -> str:
    """Name of the tag of what a run has published."""
    return _RUN + run_id


def branch_of(build_no: int) -> str:
    """Name of the branch of a build."""
    return f"{_BUILD}{build_no}"


def tables(session: "SparkSession") -> list[str]:
    """The tables that builds have made, as `namespace.table`, sorted; no table of another program."""
    known = {row[0] for row in session.sql("show namespaces").collect()}
    found = []
    for namespace in NAMESPACES:
        if namespace in known:
            found += [f"{namespace}.{row[1]}" for row in session.sql(f"show tables in {namespace}").collect()]
    return sorted(found)


def read_refs(session: "SparkSession", names: Iterable[str]) -> dict[str, Refs]:
    """Branches, tags and snapshots of tables, by one query for all of them."""
    names = list(names)
    if not names:
        return {}
    rows = session.sql(" union all ".join(
        f"select '{name}', name, type, snapshot_id from {name}.refs "
        f"union all select '{name}', null, 'SNAPSHOT', snapshot_id from {name}.snapshots" for name in names
    )).collect()
    found = {}
    for name in names:
        own = [row for row in rows if row[0] == name]
        found[name] = Refs(
            {row[1]: row[3] for row in own if row[2] == "BRANCH"},
            {row[1]: row[3] for row in own if row[2] == "TAG"},
            frozenset(row[3] for row in own if row[2] == "SNAPSHOT"),
        )
    return found


def begin(session: "SparkSession", build_no: int, built_no: int | None) -> None:
    """Let the session write build ``build_no`` to a branch, which starts from what build ``built_no`` made.

    Branches of builds that ended half-way are removed, so that a build which is begun again starts from the same.

    Args:
        built_no: the last complete build; None: everything is built from scratch.

    Raises:
        FootfallError: the last complete build is not in the tables.
    """
    leave(session)
    refs = read_refs(session, tables(session))
    branch, base = branch_of(build_no), branch_of(built_no) if built_no is not None else None
    work = []
    for name, own in refs.items():
        if base is not None and base not in own.branches:
            raise _lacks_the_last_build(name, base)
        start = own.main if base is None else own.branches[base]
        for old in sorted(own.branches):
            if old.startswith(_BUILD) and old not in (base, branch):
                work.append(f"alter table {name} drop branch `{old}`")
        if start is not None:
            work.append(f"alter table {name} create or replace branch `{branch}` as of version {start}")
        elif branch in own.branches:
            work.append(f"alter table {name} drop branch `{branch}`")
    _run_all(session, work)
    session.conf.set(_WAP, branch)


def leave(session: "SparkSession") -> None:
    """Let the session read and write ``main`` again."""
    session.conf.unset(_WAP)


def complete(session: "SparkSession", build_no: int, *, is_full: bool = False) -> dict[str, int]:
    """Snapshot of each table in a build that has ended well, by name; the session reads ``main`` again.

    Args:
        is_full: leave out tables that this build did not write: models that are no more.

    Raises:
        FootfallError: the build did not write its branch, so another program works on these tables.
    """
    leave(session)
    branch = branch_of(build_no)
    refs = read_refs(session, tables(session))
    lacking = [name for name, own in refs.items() if branch not in own.branches]
    if not refs or lacking:
        raise FootfallError(
            f"The build has no branch {branch!r} of {lacking[0] if lacking else 'any table'}.",
            where="the catalog of Iceberg", hint="See that no other program works on these tables, then run again.",
        )
    return {
        name: own.branches[branch] for name, own in refs.items()
        if not (is_full and own.branches[branch] == own.main)
    }


def tag_run(session: "SparkSession", snapshots: Mapping[str, int], run_id: str) -> str:
    """Name the state that is about to be published: the tag ``run-<id>`` on every table; returns its name."""
    tag = tag_of(run_id)
    _run_all(session, [
        f"alter table {name} create or replace tag `{tag}` as of version {snapshot}"
        for name, snapshot in snapshots.items()
    ])
    return tag


def reconcile(session: "SparkSession", published: Mapping[str, int] | None) -> list[str]:
    """Let ``main`` of every table be what is published; also the last step of a publication.

    Args:
        published: snapshot of each table by ``published/current.json``; None: nothing is published.

    Returns:
        The tables whose ``main`` was moved.

    Raises:
        FootfallError: a table lacks what is published, or another program has changed its ``main``; nothing is moved.
    """
    leave(session)
    if not published:
        return []
    refs = read_refs(session, [name for name in tables(session) if name in published])
    moves = {}
    for name, snapshot in published.items():
        own = refs.get(name)
        if own is None or snapshot not in own.snapshots:
            raise FootfallError(
                f"The table {name} of Iceberg lacks snapshot {snapshot}, which is published.",
                where="published/current.json and the catalog of Iceberg",
                hint="Another program has removed it. `footfall run --full-refresh` builds every table from the lake.",
            )
        if own.main != snapshot:
            if own.main is not None and own.main not in _own_states(own):
                raise changed_by_others(name, own.main, snapshot)
            moves[name] = snapshot
    _run_all(session, [
        f"call {_catalog(session)}.system.set_current_snapshot(table => '{name}', snapshot_id => {snapshot})"
        for name, snapshot in moves.items()
    ])
    return sorted(moves)


def changed_by_others(name: str, found: int, published: int) -> FootfallError:
    """The error for a table whose ``main`` no run of Footfall has written."""
    return FootfallError(
        f"Another program has changed {name} of Iceberg: `main` is snapshot {found}, published is {published}.",
        where="the catalog of Iceberg",
        hint="Nothing was changed. Take the change back, then run again: "
        f"call system.set_current_snapshot(table => '{name}', snapshot_id => {published})",
    )


def remove_tags(session: "SparkSession", kept: Iterable[str]) -> list[str]:
    """Remove the tags of runs but the ``kept`` ones; returns the names of the removed tags."""
    kept = set(kept)
    refs = read_refs(session, tables(session))
    old = [(name, tag) for name, own in refs.items() for tag in own.tags if tag.startswith(_RUN) and tag not in kept]
    _run_all(session, [f"alter table {name} drop tag `{tag}`" for name, tag in old])
    return sorted({tag for _, tag in old})


def _own_states(own: Refs) -> set[int]:
    """Snapshots that ``main`` had or can have by Footfall: those that runs have published or builds have made."""
    return {snapshot for tag, snapshot in own.tags.items() if tag.startswith(_RUN)} | {
        snapshot for branch, snapshot in own.branches.items() if branch.startswith(_BUILD)
    }


def _lacks_the_last_build(name: str, branch: str) -> FootfallError:
    return FootfallError(
        f"The table {name} of Iceberg lacks the branch {branch!r} of the last build.", where="the catalog of Iceberg",
        hint="Another program has removed it. `footfall run --full-refresh` builds every table from the lake.",
    )


def _catalog(session: "SparkSession") -> str:
    return str(session.conf.get("spark.sql.defaultCatalog"))


def _run_all(session: "SparkSession", statements: Iterable[str]) -> None:
    """Run statements that are independent of each other, some at a time; the first error is raised at the end."""
    run: Callable[[str], object] = lambda statement: session.sql(statement).collect()  # noqa: E731
    with ThreadPoolExecutor(_AT_A_TIME) as pool:
        list(pool.map(run, statements))


def require_unchanged(session: "SparkSession", build_no: int, snapshots: Mapping[str, int]) -> None:
    """Check that the branch of a complete build is what this build made.

    Raises:
        FootfallError: another program has changed or removed it; nothing was changed.
    """
    branch = branch_of(build_no)
    refs = read_refs(session, [name for name in tables(session) if name in snapshots])
    for name, snapshot in snapshots.items():
        found = refs[name].branches.get(branch) if name in refs else None
        if found is None:
            raise _lacks_the_last_build(name, branch)
        if found != snapshot:
            raise FootfallError(
                f"Another program has changed the branch {branch!r} of the table {name} of Iceberg.",
                where="the catalog of Iceberg",
                hint="Nothing was changed. `footfall run --full-refresh` builds every table from the lake.",
            )
