-- Users who opened a content item.
select
    v.item as key,
    v.user_no as who,
    v.day
from report_views as v
