with stamped as (
    select
        case
            when $end::date - $start::date < 3 then local_date + to_hours(local_hour)
            else local_date::timestamp
        end as bucket,
        os,
        interactions
    from filtered_usage
    where interactions > 0
)

select
    bucket,
    os,
    case when $end::date - $start::date < 3 then 'hour' else 'day' end as granularity,
    sum(interactions) as interactions
from stamped
group by bucket, os
