-- One row an os: its share of the newest day's interactions against its share of the seven days before.
-- With fewer than 1,000 interactions on the days before, a share means too little. Parameter: $newest.

with counted as (

    select
        os,
        coalesce(sum(interactions) filter (where local_date = $newest), 0) as newest,
        coalesce(sum(interactions) filter (where local_date < $newest), 0) as before
    from marts.agg_interactions_by_os
    where local_date between $newest - 7 and $newest
    group by os

),

shares as (

    select
        os,
        newest as interactions,
        newest / nullif(sum(newest) over (), 0) as share,
        before / nullif(sum(before) over (), 0) as share_before,
        sum(before) over () as all_before
    from counted

)

select os, interactions, abs(share - share_before) as drift
from shares
where all_before >= 1000
order by os
