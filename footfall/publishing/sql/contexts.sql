-- What the answers about a protected workspace depend on besides its protected people: settings, content, meetings, and
-- the data of people who are named. The hash is of this engine. Needs: people, shown_ranges.
-- Grain: one row per workspace.
with parts as (
    select workspace_id, hash('workspace', w) as part from marts.dim_workspaces as w
    union all
    select workspace_id, hash('content', c) from marts.dim_content as c
    union all
    select workspace_id, hash('staff', s) from marts.dim_sponsor_staff as s
    union all
    select workspace_id, hash('meeting', m) from marts.fct_meetings as m
    union all
    select workspace_id, hash('history', m) from marts.fct_meeting_history as m
    union all
    select workspace_id, hash('met', m) from marts.fct_meeting_participants as m
    union all
    select workspace_id, hash('participant', p)
    from marts.dim_participants as p
    where not coalesce(p.is_anonymized, false) or not coalesce(p.is_targeted, false)
    union all
    select workspace_id, hash('person', person, digest) from people where not is_protected
)

select p.workspace_id, sum(p.part)::varchar as context
from parts as p
semi join shown_ranges as r on p.workspace_id = r.workspace_id
group by p.workspace_id
