-- Small functions of the sample. Draws are integers, so that no rounding differs between machines.

create macro user_name(p) as 'u' || lpad((p + 1)::varchar, greatest(5, len((p + 1)::varchar))::integer, '0');

-- 0 to n - 1, the first ones far more often (draw: 0 to 999)
create macro skewed(draw, n) as (n::bigint * draw * draw * draw) // 1000000000;

create macro iso(moment) as strftime(moment, '%Y-%m-%dT%H:%M:%S.%gZ');

-- a member of a JSON object; null where the value is null
create macro text_member(name, val) as '"' || name || '":' || to_json(val::varchar)::varchar;

-- the same for values that need no escaping: ids, times, types
create macro plain_member(name, val) as '"' || name || '":"' || val || '"';

-- ASCII where the name is; else the user's id. Domains come from the company, so that whole domains can be told apart.
create macro email_of(first_name, last_name, user_id, company) as
    coalesce(nullif(trim(regexp_replace(lower(strip_accents(first_name || '.' || last_name)), '[^a-z.]', '', 'g'), '.'), ''), 'person')
    || '.' || user_id || '@' || coalesce(nullif(regexp_replace(lower(strip_accents(company)), '[^a-z]', '', 'g'), ''), 'company') || '.example';
