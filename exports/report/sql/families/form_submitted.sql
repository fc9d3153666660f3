-- People, guests included, who submitted a form.
select
    s.item as key,
    s.actor_id as who,
    s.day
from report_submissions as s
