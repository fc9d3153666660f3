-- Users in contact with a sponsor.
select
    c.item as key,
    c.user_no as who,
    c.day
from report_contacts as c
