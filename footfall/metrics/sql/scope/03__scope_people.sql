-- The participants who count, as they may be shown. user_no stands for the user in everything below: counting distinct
-- integers is several times cheaper than ids. Grain: one row per user.
select
    row_number() over (order by user_id)::integer as user_no,
    user_id,
    shown_id,
    is_anonymized,
    is_deleted,
    case when not is_anonymized then first_name end as first_name,
    case when not is_anonymized then last_name end as last_name,
    name,
    case when not is_anonymized then email end as email,
    case when not is_anonymized then company end as company,
    case when not is_anonymized then job_title end as job_title,
    case when not is_anonymized then groups end as groups,
    case when not is_anonymized then role end as role,
    case when not is_anonymized then profile_url end as profile_url
from scope_everyone
where is_targeted
