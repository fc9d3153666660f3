-- People, guests included, who submitted a form.
select
    s.item as key,
    s.actor_no as who,
    s.day
from report_submissions as s
