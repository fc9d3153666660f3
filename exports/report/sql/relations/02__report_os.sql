-- Operating systems by number, in the order graphs stack them. Grain: one row per os.
select
    w.word as os,
    w.position - 1 as number
from scope_words as w
where w.list = 'os'
