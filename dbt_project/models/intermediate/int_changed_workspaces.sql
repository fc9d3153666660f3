-- Workspaces of the last build, and what has to be rebuilt because their settings changed since.

with before as (

    select * from {{ source('state', 'workspaces') }}

)

select
    now_.workspace_id,
    now_.timezone <> before.timezone
    or now_.visit_timeout_seconds <> before.visit_timeout_seconds
    or now_.idle_cap_seconds <> before.idle_cap_seconds as needs_resessionize,
    now_.counts_guests <> before.counts_guests as has_other_people
from {{ ref('int_workspaces') }} as now_
inner join before on now_.workspace_id = before.workspace_id
