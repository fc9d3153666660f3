-- Users who searched at all.
select
    0 as key,
    s.user_no as who,
    s.day
from report_searches as s
