-- Users who took a flow between named places of a path.
select
    f.link as key,
    f.user_no as who,
    f.day
from report_flows as f
where f.level = $level and f.source > 0 and f.target > 0
