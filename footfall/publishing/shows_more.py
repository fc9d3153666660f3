"""Whether an older version shows people who are hidden now."""

import json
import shutil
from pathlib import Path

import duckdb

from footfall.core.database import quote_literal, value
from footfall.core.home import Home
from footfall.publishing import versions
from footfall.publishing.projection import attached
from footfall.publishing.restated_counts import names_erased_numbers
from footfall.publishing.shown_states import forget_states


def shows_more(old: Path, new: Path) -> bool:
    """Whether an older version shows people who are hidden now, so that its folder must be removed.

    Settings hide people: an anonymised workspace, and target groups that were set or changed since.
    """
    try:
        with attached(new) as con:
            hides = "from built.marts.dim_workspaces where anonymization <> 'none' or not counts_guests"
            if not value(con, f"select exists ({hides})"):
                return False
            con.execute(f"attach {quote_literal(str(old))} as old (read_only)")
            return value(con, """
                with protected as (from built.marts.dim_workspaces where anonymization <> 'none')
                select
                    exists (
                        from protected as p inner join old.marts.dim_workspaces as o on o.workspace_id = p.workspace_id
                        where
                            coalesce(o.anonymization, 'none') not in (p.anonymization, 'full')
                            or o.min_group_size < p.min_group_size
                            or o.anonymized_domains <> p.anonymized_domains and o.anonymization = 'domains'
                    )
                    or exists (
                        from protected as p
                        inner join old.marts.dim_participants as o on o.workspace_id = p.workspace_id
                        where not exists (
                            from built.marts.dim_participants as n
                            where n.workspace_id = o.workspace_id and n.user_id = o.user_id
                        )
                    )
                    or exists (
                        from protected as p inner join old.marts.fct_events as o on o.workspace_id = p.workspace_id
                        where p.anonymization = 'full'
                    )
                    or exists (
                        from built.marts.dim_workspaces as n
                        inner join old.marts.dim_workspaces as o on o.workspace_id = n.workspace_id
                        where not n.counts_guests and o.target_groups is distinct from n.target_groups
                    )
                    or exists (
                        from built.marts.dim_participants as n
                        inner join old.marts.dim_participants as o
                            on o.workspace_id = n.workspace_id and o.user_id = n.user_id
                        semi join (from built.marts.dim_workspaces where not counts_guests) as w
                            on n.workspace_id = w.workspace_id
                        where o.is_targeted and not n.is_targeted
                    )
            """)
    except (duckdb.IOException, duckdb.CatalogException, duckdb.BinderException):
        # Unreadable, or with other tables: what it shows is not known, so it is removed.
        return True


def withdraw_older(home: Home) -> None:
    """Remove older versions that show hidden people or numbers that an erasure changed, and what is compared no more.

    All of them go when the current version shows a new state because the one before may not be shown any longer.
    """
    folder = versions.current_version(home)
    if folder is None:
        return
    is_withdrawing = json.loads((folder / "current.json").read_text(encoding="utf-8")).get("is_withdrawing")
    for older in versions.list_versions(home):
        file = older / "footfall.duckdb"
        if older != folder and (
            is_withdrawing or shows_more(file, folder / file.name) or names_erased_numbers(file)
        ):
            shutil.rmtree(older)
    forget_states(home, folder.name)
