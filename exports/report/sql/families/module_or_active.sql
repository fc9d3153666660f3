-- Users who used a module or were active: those who did both are the users of the one, plus those of the other, less
-- these.
select
    u.module as key,
    u.user_no as who,
    u.day
from report_usage as u
where u.interactions > 0
union all
select
    m.number as key,
    v.user_no as who,
    v.day
from (select distinct user_no, day from report_visits where not is_guest) as v
cross join report_modules as m
