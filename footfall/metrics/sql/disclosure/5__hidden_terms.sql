-- Searches that name a protected participant: by id, e-mail address or last name anywhere in them, by a first or short
-- last name as words of their own (such names are part of too many other words). Letters, marks and digits are
-- compared, without accents. Grain: one row per workspace, term.
with words as (
    select
        p.workspace_id,
        unnest([p.user_id, p.email, p.last_name, p.first_name, p.last_name]) as word,
        unnest([false, false, false, true, true]) as is_whole
    from marts.dim_participants as p
    inner join protected_workspaces as w on p.workspace_id = w.workspace_id
    where p.is_anonymized or w.is_full
),

bare_words as (
    select distinct
        workspace_id,
        is_whole,
        trim(regexp_replace(strip_accents(lower(word)), '[^\pL\pM\pN]+', ' ', 'g')) as word
    from words
),

bare_terms as (
    select distinct
        workspace_id,
        term,
        ' ' || regexp_replace(strip_accents(term), '[^\pL\pM\pN]+', ' ', 'g') || ' ' as text
    from marts.fct_searches
)

select distinct t.workspace_id, t.term
from bare_terms as t
inner join bare_words as b
    on
        t.workspace_id = b.workspace_id
        and (length(b.word) >= 3 or (b.is_whole and b.word <> ''))
        and contains(t.text, if(b.is_whole, ' ' || b.word || ' ', b.word))
