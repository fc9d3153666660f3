"""Files of events that name more workspaces than anybody can have.

Any event can name a workspace, and each one is a row of the commit and of `dim_workspaces`, and a folder of exports
where no extract of `workspaces` says which ones there are. Measured on two cores: 1.1 s of processor time a folder, so
a file with 20,000 such ids would take six hours, and one with a million twelve days.
"""

from collections.abc import Mapping

from footfall.ingestion.context import LoadContext
from footfall.ingestion.formats.slices import Slice
from footfall.ingestion.problems import FileProblem


class UnknownWorkspaces:
    """Counts them, file by file and slice by slice; keeps at most as many ids of a file as the limit and one slice."""

    def __init__(self, work: LoadContext) -> None:
        self._con, self._most = work.con, work.settings.limits.max_unknown_workspaces
        self._seen: dict[int, set[str]] = {}

    def problems(self, piece: Slice) -> Mapping[int, FileProblem]:
        """The files whose valid lines so far, those in table ``validated`` included, name too many."""
        if not self._most or not piece.batches:
            return {}
        rows = self._con.execute(
            "select file_no, list(distinct workspace_id) from validated"
            " where reason is null and workspace_id not in (select workspace_id from banners) group by file_no"
        ).fetchall()
        found = {}
        for no, ids in rows:
            seen = self._seen.setdefault(no, set())
            seen.update(ids)
            if len(seen) > self._most:
                found[no] = FileProblem(
                    "too_many_workspaces", f"it names more than {self._most:,} workspaces that no extract of "
                    "`workspaces` delivers (`limits.max_unknown_workspaces`)",
                )
        return found
