-- Everyone known, counted or not, and the id to show: an anonymized person has a number in place of an id. It follows a
-- hash, so that it does not give away the order of ids. Grain: one row per user.
with everyone as (
    select
        p.*,
        coalesce(p.is_anonymized, false) or w.anonymization = 'full' as is_hidden
    from marts.dim_participants as p
    cross join scope_workspace as w
    where p.workspace_id = $workspace
),

numbered as (
    select
        *,
        row_number() over (
            partition by is_hidden
            order by case when is_hidden then md5($workspace || chr(0) || user_id) end, user_id
        ) as shown_no
    from everyone
)

select
    user_id,
    first_name,
    last_name,
    case
        when not is_hidden
            then nullif(trim(concat_ws(' ', nullif(trim(first_name), ''), nullif(trim(last_name), ''))), '')
    end as name,
    email,
    company,
    job_title,
    groups,
    role,
    profile_url,
    coalesce(is_targeted, false) as is_targeted,
    coalesce(is_deleted, false) as is_deleted,
    is_hidden as is_anonymized,
    case when is_hidden then 'anonymous-' || lpad(shown_no::varchar, 6, '0') else user_id end as shown_id
from numbered
