-- Users in contact with a sponsor by action: five keys an item.
select
    c.item * 5 + c.action as key,
    c.user_no as who,
    c.day
from report_contacts as c
