-- Users of a named place of a path; each of eleven columns has a key for every code.
with places as (
    select step, source as code, user_no, day
    from report_flows
    where level = $level and source > 0
    union all
    select step + 1 as step, target as code, user_no, day
    from report_flows
    where level = $level and target in (1, 2)
)

select
    (p.step - 1) * (select max(i.number) + 4 from report_path_items as i where i.level = $level) + p.code as key,
    p.user_no as who,
    p.day
from places as p
