-- Users who searched a term.
select
    s.term as key,
    s.user_no as who,
    s.day
from report_searches as s
