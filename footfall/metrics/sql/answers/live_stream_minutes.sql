with minutes as (
    select
        content_id,
        viewers,
        make_timestamp((unnest(generate_series(first_minute, last_minute)) * 60000000)::bigint) as minute_at
    from filtered_audience
)

select
    m.content_id,
    c.title,
    m.minute_at,
    timezone(w.timezone, timezone('UTC', m.minute_at)) as minute_local,
    m.viewers
from minutes as m
inner join scope_content as c on c.content_type = 'live_stream' and m.content_id = c.content_id
cross join scope_workspace as w
