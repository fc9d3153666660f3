-- Contacts with sponsors (five actions an item). Grain: one row per item, action, day.
select
    c.item * 5 + c.action as contact,
    c.day,
    count(*)::integer as n
from report_contacts as c
group by all
order by contact, day
