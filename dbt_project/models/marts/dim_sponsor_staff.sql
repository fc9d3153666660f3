-- The own people of each sponsor: participants of role sponsor whose company is the sponsor's title (ignoring case and
-- outer spaces), and people whose profile names the sponsor.

select sponsor.workspace_id, sponsor.content_id as sponsor_id, participant.user_id
from {{ ref('dim_content') }} as sponsor
inner join {{ ref('dim_participants') }} as participant
    on sponsor.workspace_id = participant.workspace_id
    and lower(trim(participant.company)) = lower(trim(coalesce(nullif(trim(sponsor.title), ''), sponsor.content_id)))
where sponsor.content_type = 'sponsor' and participant.role = 'sponsor'

union

select workspace_id, sponsor_id, content_id as user_id
from {{ ref('dim_content') }}
where content_type = 'user' and sponsor_id is not null
