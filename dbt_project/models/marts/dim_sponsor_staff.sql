-- The own people of each sponsor: participants of role sponsor whose company is the sponsor's title (ignoring case and
-- outer spaces), and people whose profile names the sponsor.

with sponsors as (

    select
        workspace_id, content_id as sponsor_id,
        coalesce(nullif({{ lower_trimmed('title') }}, ''), {{ lower_trimmed('content_id') }}) as company
    from {{ ref('dim_content') }}
    where content_type = 'sponsor'

),

sponsors_people as (

    select workspace_id, user_id, {{ lower_trimmed('company') }} as company
    from {{ ref('dim_participants') }}
    where role = 'sponsor'

)

select sponsor.workspace_id, sponsor.sponsor_id, person.user_id
from sponsors as sponsor
inner join sponsors_people as person
    on sponsor.workspace_id = person.workspace_id and sponsor.company = person.company

union

select workspace_id, sponsor_id, content_id as user_id
from {{ ref('dim_content') }}
where content_type = 'user' and sponsor_id is not null
