-- People, guests included, who opened a form.
select
    v.item as key,
    v.actor_no as who,
    v.day
from report_views as v
where v.content_type = 'form'
