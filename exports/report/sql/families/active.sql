-- Active users (key 0) and guests (key 1), by the day on which a visit starts.
select
    v.is_guest::integer as key,
    v.actor_no as who,
    v.day
from report_visits as v
