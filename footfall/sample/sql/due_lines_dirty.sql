-- What is due, with the collector that writes it; and the file and line number of each line of the answer key.

create view lines as
from good_lines
union all
from faulty_lines;

create view due_lines as
select id, copy, arrived_at, if(device % 2 = 0, 'a', 'b') as collector, line from lines;

create table answer_key (
    file varchar, line_number bigint, fault varchar, outcome varchar, reason varchar, workspace_id varchar,
    message_id varchar, sha256 varchar, bytes bigint
);

create view due_answers as
with positions as (
    select
        id, copy,
        strftime(arrived_at, 'landing/events/%Y-%m-%d/collector-') || if(device % 2 = 0, 'a', 'b')
            || '-T' || lpad((hour(arrived_at) // 6 * 6)::varchar, 2, '0') || '.jsonl.gz' as file,
        row_number() over (
            partition by arrived_at::date, device % 2, hour(arrived_at) // 6 order by arrived_at, id, copy
        ) as line_number
    from due
)

select
    file, line_number, coalesce(fault, 'beaten_by_copy') as fault, outcome, reason, workspace_id, message_id,
    sha256(line) as sha256, octet_length(line) as bytes
from lines
inner join positions using (id, copy)
where outcome is not null;
