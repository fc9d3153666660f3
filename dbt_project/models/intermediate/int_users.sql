-- Every user that an accepted event names.

select workspace_id, user_id from {{ ref('int_sessions') }} where user_id is not null
union
select workspace_id, user_id from {{ ref('int_events') }} where user_id is not null and not is_keep_alive
