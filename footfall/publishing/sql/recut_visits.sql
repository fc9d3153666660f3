-- Visits of the previous version that had ended by then and are cut differently now (resessionized).
-- Temporary tables: old_visits, new_visits (those of the changed dates, with the workspace's timeout).

with old_changed as (

    select old_visits.* from old_visits
    where
        old_visits.ended_at + to_seconds(old_visits.timeout_seconds)
        <= cast(cast($old_load_date as date) + 1 as timestamp)
        and not exists (
            select 1 from new_visits
            where
                new_visits.visit_id = old_visits.visit_id
                and new_visits.actor_id = old_visits.actor_id
                and new_visits.started_at = old_visits.started_at
                and new_visits.ended_at = old_visits.ended_at
                and new_visits.sessions = old_visits.sessions
                and new_visits.events = old_visits.events
        )

),

-- Pairs that overlap: one starts while the other lasts.
pairs as (

    select old_changed.visit_id as old_id, new_visits.visit_id as new_id
    from old_changed
    inner join new_visits
        on
            old_changed.workspace_id = new_visits.workspace_id
            and old_changed.actor_id = new_visits.actor_id
            and old_changed.started_at <= new_visits.ended_at
            and new_visits.started_at <= old_changed.ended_at

)

select
    (select count(*) from old_changed) as visits_recut,
    (select count(*) from (select new_id from pairs group by new_id having count(*) > 1)) as visits_merged,
    (select count(*) from (select old_id from pairs group by old_id having count(*) > 1)) as visits_split
