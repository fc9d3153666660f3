-- Small functions of the sample. Draws are integers, so that no rounding differs between machines.

create macro user_name(p) as 'u' || lpad((p + 1)::varchar, greatest(5, len((p + 1)::varchar))::integer, '0');

-- 0 to n - 1, the first ones far more often (draw: 0 to 999)
create macro skewed(draw, n) as (n::bigint * draw * draw * draw) // 1000000000;

create macro iso(moment) as strftime(moment, '%Y-%m-%dT%H:%M:%S.%gZ');

-- the moment at which a wall clock in that zone shows this
create macro in_zone(wall_clock, zone) as timezone('UTC', timezone(zone, wall_clock));

-- a member of a JSON object; null where the value is null
create macro text_member(name, val) as '"' || name || '":' || to_json(val::varchar)::varchar;

-- the same for values that need no escaping: ids, times, types
create macro plain_member(name, val) as '"' || name || '":"' || val || '"';

create macro ascii_letters(val) as regexp_replace(lower(strip_accents(val)), '[^a-z.]', '', 'g');

-- ASCII where the name is; domains come from the company, so that people of one company share a domain
create macro email_of(first_name, last_name, user_id, company) as
    coalesce(nullif(trim(ascii_letters(first_name || '.' || last_name), '.'), ''), 'person') || '.' || user_id
    || '@' || coalesce(nullif(replace(ascii_letters(company), '.', ''), ''), 'company') || '.example';
