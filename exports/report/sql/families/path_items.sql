-- Items of a step: those that are never named count among (other).
select
    f.step as key,
    f.item_no as who,
    f.day
from report_flows as f
where f.level = $level
