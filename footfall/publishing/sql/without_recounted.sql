-- Visits of people who count now and did not, or the other way round, are new or gone as a whole: they are
-- not resessionized.
-- Temporary tables: old_visits, new_visits.

create or replace temp table recounted as
select now_.workspace_id, now_.user_id as actor_id
from marts.dim_participants as now_
inner join previous.marts.dim_participants as before
    on now_.workspace_id = before.workspace_id and now_.user_id = before.user_id
where now_.is_targeted <> before.is_targeted
union
select visit.workspace_id, visit.actor_id
from (
    select workspace_id, actor_id from old_visits
    union
    select workspace_id, actor_id from new_visits
) as visit
inner join marts.dim_workspaces as now_ on visit.workspace_id = now_.workspace_id
inner join previous.marts.dim_workspaces as before on visit.workspace_id = before.workspace_id
where now_.counts_guests <> before.counts_guests;

delete from old_visits where (workspace_id, actor_id) in (select (workspace_id, actor_id) from recounted);
delete from new_visits where (workspace_id, actor_id) in (select (workspace_id, actor_id) from recounted);
