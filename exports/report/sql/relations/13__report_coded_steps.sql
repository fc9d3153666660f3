-- Steps with the codes of their item and of what follows. Grain: one row per level, visit, step.
select
    s.level,
    s.step,
    s.day,
    s.user_no,
    s.item_no,
    s.interactions,
    s.ms,
    coalesce(source.code, 0)::integer as source,
    case
        when not s.is_end then coalesce(target.code, 0)
        when s.next_no = (select i.item_no from scope_items as i where i.kind = 'exit') then 1
        else 2
    end::integer as target
from report_steps as s
left join report_named as source on s.level = source.level and s.step = source.step and s.item_no = source.item_no
left join report_named as target
    on s.level = target.level and s.step + 1 = target.step and s.next_no = target.item_no
