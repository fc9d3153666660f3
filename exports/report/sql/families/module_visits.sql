-- Visits in which a module was used.
select
    u.module as key,
    u.visit_no as who,
    u.day
from report_usage as u
where u.interactions > 0
