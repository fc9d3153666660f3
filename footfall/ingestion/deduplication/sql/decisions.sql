-- Every line whose message has more than one line in history and commit together: its state before and after.
create or replace temp table decisions as
with contested as (
    select key_low from lines group by key_low having count(*) > 1
    union
    select key_low from history
    union
    select key_low from withdrawn
),
contenders as (
    select
        key_low, key_high, received_at, occurred_at, sent_at, content_hash, repaired, $load_date::date as load_date,
        path, file_id, line_number, 'new' as origin, null::bigint as seq, file_no, part, false as is_fixed
    from lines
    inner join files using (file_no)
    where key_low in (select key_low from contested)
    union all
    select * exclude (seq), 'old', seq, null, null, coalesce(load_date < $fixed_before::date, false) from history
    union all
    select * exclude (seq), 'withdrawn', seq, null, null, false from withdrawn
),
ranked as (
    select
        *,
        row_number() over before_it as place_before,
        first_value(content_hash) over before_it as content_before,
        row_number() over after_it as place_after,
        first_value(content_hash) over after_it as content_after,
        first_value(path || ', line ' || line_number) over after_it as winner
    from contenders
    window
        before_it as (
            partition by key_high, key_low
            order by origin = 'new', not is_fixed, received_at nulls last, occurred_at, content_hash,
                sent_at nulls last, load_date, path, line_number
        ),
        after_it as (
            partition by key_high, key_low
            order by origin = 'withdrawn', not is_fixed, received_at nulls last, occurred_at, content_hash,
                sent_at nulls last, load_date, path, line_number
        )
)
select
    key_low, key_high, file_id, line_number, path, load_date, origin, seq, file_no, part, winner, repaired,
    case
        when origin = 'new' then null
        when place_before = 1 then 'live'
        when content_hash = content_before then 'duplicate'
        else 'conflict'
    end as before,
    case
        when origin = 'withdrawn' then null
        when place_after = 1 then 'live'
        when content_hash = content_after then 'duplicate'
        else 'conflict'
    end as after
from ranked
