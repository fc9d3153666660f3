-- Participants and guests. Every draw is a hash of integers below a parent's draw, so it depends on the seed alone,
-- not on threads or order.

create table people as
with numbered as (
    select
        workspaces.* exclude (modules),
        p,
        hash(config.seed, workspaces.w, p) as draw,
        p >= config.participants as is_guest
    from workspaces, config, range(config.participants + greatest(1, config.participants // 8)) as numbers (p)
),

named as (
    select
        numbered.*,
        (hash(draw, 5) % 1000)::integer as role_draw,
        cultures.locale,
        cultures.first_names[1 + (hash(draw, 1) % len(cultures.first_names))::integer] as first_name,
        cultures.last_names[1 + (hash(draw, 2) % len(cultures.last_names))::integer] as last_name,
        -- a sponsor's people work for one of the workspace's sponsors (titled the same way in content.sql)
        words.companies[1 + (if(p > 1 and role_draw between 30 and 89, hash(draw, 3) % 20 * 3 + w, hash(draw, 3))
            % len(words.companies))::integer] as company,
        words.jobs[1 + (hash(draw, 4) % len(words.jobs))::integer] as job_title
    from numbered
    inner join cultures on cultures.c = hash(numbered.draw, 6) % (select count(*) from cultures)
    cross join words
)

select
    named.* exclude (role_draw),
    if(is_guest, null, user_name(p)) as user_id,
    case
        when p < 2 or role_draw < 30 then 'staff'
        when role_draw < 90 then 'sponsor'
        when role_draw < 160 then 'speaker'
        else 'attendee'
    end as role,
    p in (0, 1) or role_draw = 500 as is_test,
    -- most signed up long before the sample starts; the others do until the event begins
    case
        when is_guest or p < 8 or hash(draw, 7) % 100 < 75
            then config.start - to_days(1 + (hash(draw, 8) % 60)::integer)
        else config.start + to_days((hash(draw, 8) % greatest(1, event_end_day))::integer)
    end + to_seconds(20000 + (hash(draw, 9) % 60000)::integer) as created_at,
    -- two people are deleted on the morning after the event begins
    not is_guest and p in (5, 11) as leaves,
    20 + (hash(draw, 10) % 150)::integer as activity
from named, config;
