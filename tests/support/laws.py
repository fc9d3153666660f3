"""The laws of ``docs/definitions.md`` between published tables: each a query that finds the rows that break it."""

from tests.support.warehouse import Warehouse

#: Actors who are in the numbers: targeted users, and guests where the workspace counts them.
COUNTING = """
with counting as (
    select workspace_id, user_id as actor_id from built.marts.dim_participants where is_targeted
    union all
    select distinct visit.workspace_id, visit.actor_id
    from built.marts.fct_visits as visit
    join built.marts.dim_workspaces as workspace using (workspace_id)
    where visit.is_guest and workspace.counts_guests
),
counted_visits as (
    select visit.* from built.marts.fct_visits as visit semi join counting using (workspace_id, actor_id)
    where visit.is_counted
),
links as (select * from built.marts.agg_path_links)
"""

LAWS = {
    "visits at step 1 are the counted visits, by day": """
        select level, workspace_id, local_date, visits, counted
        from (
            select level, workspace_id, local_date, sum(visits) as visits
            from links where step = 1 group by all
        )
        full join (
            select level, workspace_id, local_date, count(*) as counted
            from counted_visits, (values ('module'), ('content')) as levels(level) group by all
        ) using (level, workspace_id, local_date)
        where visits is distinct from counted""",
    "into an item is out of it": """
        select * from (
            select level, workspace_id, local_date, step + 1 as step, target as item, sum(visits) as into_item
            from links where target_kind = 'item' group by all
        )
        full join (
            select level, workspace_id, local_date, step, source as item, sum(visits) as out_of_item
            from links where step > 1 group by all
        ) using (level, workspace_id, local_date, step, item)
        where into_item is distinct from out_of_item""",
    "exits and what continues are the counted visits": """
        select * from (
            select level, workspace_id, local_date, sum(visits) as ends
            from links where target_kind <> 'item' group by all
        )
        full join (
            select level, workspace_id, local_date, count(*) as counted
            from counted_visits, (values ('module'), ('content')) as levels(level) group by all
        ) using (level, workspace_id, local_date)
        where ends is distinct from counted""",
    "only the tenth step continues": """
        select * from links
        where (target_kind = 'continues' and step <> 10) or step > 10
            or (target_kind = 'item') <> (target is not null)""",
    "by os is total": """
        select * from (
            select workspace_id, local_date, sum(interactions) as by_os
            from built.marts.agg_interactions_by_os group by all
        )
        full join (
            select workspace_id, local_date, interactions from built.marts.agg_workspace_daily where interactions > 0
        ) using (workspace_id, local_date)
        where by_os is distinct from interactions""",
    "by module is total": """
        select * from (
            select workspace_id, local_date, sum(interactions) as by_module
            from built.marts.fct_feature_usage semi join counting using (workspace_id, actor_id)
            group by all having sum(interactions) > 0
        )
        full join (
            select workspace_id, local_date, interactions from built.marts.agg_workspace_daily where interactions > 0
        ) using (workspace_id, local_date)
        where by_module is distinct from interactions""",
    "visits over users are visits": """
        select * from (
            select workspace_id, local_date, sum(visits) as over_users, sum(interactions) as interactions_over_users
            from built.marts.fct_user_daily semi join counting using (workspace_id, actor_id) group by all
        )
        full join built.marts.agg_workspace_daily using (workspace_id, local_date)
        where over_users is distinct from visits or interactions_over_users is distinct from interactions""",
    "a visit is the sum of its sessions and of its events": """
        select * from (
            select visit_id, sum(events) as events, sum(interactions) as interactions, count(*) as sessions
            from built.marts.fct_sessions group by all
        ) as sessions
        full join built.marts.fct_visits as visit using (visit_id)
        full join (
            select visit_id, count(*) as events, sum(engaged_seconds) as engaged_seconds
            from built.marts.fct_events where visit_id is not null group by all
        ) as events using (visit_id)
        where (visit.events, visit.engaged_seconds) is distinct from (events.events, events.engaged_seconds)
            or (visit.events, visit.interactions, visit.sessions)
            is distinct from (sessions.events, sessions.interactions, sessions.sessions)""",
    "nobody is engaged for longer than the visit lasted": """
        select * from (
            select visit_id as id, engaged_seconds, elapsed_seconds from built.marts.fct_visits
            union all
            select session_id, engaged_seconds, elapsed_seconds from built.marts.fct_sessions
        )
        where engaged_seconds > elapsed_seconds or elapsed_seconds < 0""",
    "steps take no longer than the visit was engaged": """
        select * from (
            select level, visit_id, sum(seconds_on_item) as on_items from built.marts.fct_path_steps group by all
        )
        join built.marts.fct_visits using (visit_id)
        where on_items > engaged_seconds""",
    "ids are unique": """
        select 'visit' as kind, visit_id from built.marts.fct_visits group by all having count(*) > 1
        union all select 'session', session_id from built.marts.fct_sessions group by all having count(*) > 1
        union all select 'view', view_id from built.marts.fct_content_views group by all having count(*) > 1""",
}


def broken_laws(warehouse: Warehouse) -> dict[str, list[tuple]]:
    """The laws that do not hold in a warehouse's marts, each with up to five rows that break it."""
    with warehouse.marts() as connection:
        rows = {law: connection.execute(f"{COUNTING} {query} limit 5").fetchall() for law, query in LAWS.items()}
    return {law: found for law, found in rows.items() if found}
