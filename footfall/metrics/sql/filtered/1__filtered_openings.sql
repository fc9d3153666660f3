-- Like filtered_views, but of every item: what leads from one item to another (a document to its sponsor) needs them.
select *
from scope_views
where local_date between $start and $end and ($user::integer is null or user_no = $user)
