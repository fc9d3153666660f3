-- People, guests included, who opened or submitted a form: those who did both are the sum of the others less these.
select
    v.item as key,
    v.actor_no as who,
    v.day
from report_views as v
where v.content_type = 'form'
union all
select
    s.item as key,
    s.actor_no as who,
    s.day
from report_submissions as s
