-- Operating systems by number, in the order graphs stack them. Grain: one row per os.
select
    unnest(['ios', 'android', 'web', 'other', 'unknown']) as os,
    unnest(range(5)) as number
