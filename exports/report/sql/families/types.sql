-- Users who opened any item of a type, by the number of the type's first item.
with firsts as (
    select content_type, min(item) as item
    from report_items
    group by content_type
)

select
    f.item as key,
    v.user_no as who,
    v.day
from report_views as v
inner join firsts as f on v.content_type = f.content_type
