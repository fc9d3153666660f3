-- Users of a module.
select
    u.module as key,
    u.user_no as who,
    u.day
from report_usage as u
where u.interactions > 0
