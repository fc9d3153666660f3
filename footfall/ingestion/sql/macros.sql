-- Shared by the readers and the validation. Run once a connection; {not_an_id}: the setting, in lower case, its
-- longest word of {longest_word} bytes; {content_types} and {systems}: from the vocabulary.

-- an empty text counts as absent
create or replace temp macro nonempty(text) as nullif(text, '');

-- An id as it is compared everywhere: without the white space, control and zero-width characters around it; a whole
-- number that was written as a float (42.0) is that number; a word for nothing (null, undefined, …) is no id. Most ids
-- need no cleaning, which SQL finds out; the others are Python's.
create or replace temp macro id_of(text) as case
    when text >= '!' and text[-1] > ' ' and strlen(text) = length(text)
        and not (ends_with(text, '0') and contains(text, '.0'))
        and (strlen(text) > {longest_word} or lower(text) not in ({not_an_id})) then text
    when text is not null then clean_id(text)
end;
-- a search term as it is compared
create or replace temp macro term_of(text) as case when text is not null then fold_term(text) end;
create or replace temp macro trimmed(text) as trim(text, e' \t\r\n');
create or replace temp macro without_fraction(text) as
    if(ends_with(text, '0') and regexp_full_match(text, '-?[0-9]+\.0+'), split_part(text, '.', 1), text);

-- Words of a fixed list are compared by their letters and digits only: ` One-to-One` is one_to_one.
create or replace temp macro letters_of(text) as regexp_replace(lower(text), '[^a-z0-9]', '', 'g');
create or replace temp macro content_type_of(text) as case
    when text is null or text in ({content_types}) then text
    else coalesce(list_filter(
        [{content_types}],
        lambda word: letters_of(word) = letters_of(text)
    )[1], text)
end;

create or replace temp macro flag_of(text) as case
    when lower(trimmed(text)) in ('true', 't', 'yes', 'y', 'on', '1', '1.0') then true
    when lower(trimmed(text)) in ('false', 'f', 'no', 'n', 'off', '0', '0.0') then false
end;

-- the zone's own spelling; the variable `zones` holds all by their lower case
create or replace temp macro zone_of(text) as getvariable('zones')[lower(trimmed(text))];

-- ISO 8601 with or without a zone (then UTC), kept to the microsecond; null where it cannot be read, or is so far from
-- today (before 1900, after 2199) that it is no time. A cast to timestamp would drop the zone, so the way goes over
-- timestamptz.
create or replace temp macro time_within_bounds(moment) as
    if(moment >= timestamp '1900-01-01' and moment < timestamp '2200-01-01', moment, null);
create or replace temp macro time_of_cast(moment, text) as case
    -- an offset of a day or more, or of 60 minutes or more, which a cast takes as it is
    when
        not ends_with(text, 'Z')
        and regexp_matches(text, ':[0-9]{2}([.,][0-9]+)? *[+-](2[4-9]|[3-9][0-9]|[0-9]{2}:?[6-9][0-9])') then null
    when moment >= timestamptz '1900-01-01' and moment < timestamptz '2200-01-01' then make_timestamp(epoch_us(moment))
    when text is not null and moment is null then time_within_bounds(rare_time(text))
end;
create or replace temp macro time_of(text) as time_of_cast(try_cast(text as timestamptz), text);

-- For mappings: a number of seconds, milliseconds, microseconds or nanoseconds since 1970; its size says which.
create or replace temp macro epoch_time(number) as case
    when abs(try_cast(number as decimal(38, 9))) < 100000000000
        then make_timestamp((try_cast(number as decimal(38, 9)) * 1000000)::bigint)
    when abs(try_cast(number as decimal(38, 9))) < 100000000000000
        then make_timestamp((try_cast(number as decimal(38, 9)) * 1000)::bigint)
    when abs(try_cast(number as decimal(38, 9))) < 100000000000000000
        then make_timestamp(try_cast(number as decimal(38, 9))::bigint)
    when abs(try_cast(number as decimal(38, 9))) < 10000000000000000000
        then make_timestamp((try_cast(number as decimal(38, 9)) / 1000)::bigint)
end;

-- The object of a JSON value that should be one: JSON text of an object is parsed. Null where there is no object.
create or replace temp macro object_in_text(text) as case
    when not starts_with(ltrim(text, e' \t\r\n\v\f'), '{') then null
    when json_valid(text) then text
    when json_valid(without_lone_surrogates(text)) then without_lone_surrogates(text)
end;
create or replace temp macro object_text(value) as case
    when starts_with(value, '{') then value::varchar
    when starts_with(value, '"') then object_in_text(value ->> '$')
end;

-- a text that may really be an object, an array or a boolean: only then its JSON type is looked at; the first test
-- alone decides about numbers, times and words with a capital
create or replace temp macro is_suspect(text) as
    text >= '[' and (starts_with(text, '{') or starts_with(text, '[') or text = 'true' or text = 'false');

-- A list in JSON, or texts between semicolons (CSV), without its empty items; null where it is neither.
create or replace temp macro list_of(text) as list_filter(case
    when starts_with(text, '[') then case when json_valid(text) then from_json(text, '["VARCHAR"]') end
    when starts_with(text, '{') then null
    else list_transform(string_split(text, ';'), lambda item: trim(item))
end, lambda item: item <> '');

-- Properties in the one form in which copies of an event are compared, whatever file format they came in: members
-- sorted by name, without null and empty ones, numbers without a fraction of zero, every value as text without quotes.
-- Two members of compact JSON are separated by `,"`. Objects in objects, and values to change, are Python's (the same
-- form); both are rare. 0.4 us for most.
create or replace temp macro canonical_compact(compact) as case
    when contains(compact, ':{') or contains(compact, ':[') or contains(compact, ':"{') or contains(compact, ':"[')
        or contains(compact, ':null') or contains(compact, ':""') or contains(compact, '.0')
        or contains(compact, ':"True"') or contains(compact, ':"False"')
        then canonical_members(compact)
    else replace(array_to_string(list_sort(string_split(compact[3:-2], ',"')), e'\x1c'), '"', '')
end;
create or replace temp macro canonical(properties) as nullif(case
    when properties is null then null
    when contains(properties, ' ') or contains(properties, '\') or contains(properties, chr(10))
        or contains(properties, chr(9)) then canonical_compact(json_merge_patch('{}', properties)::varchar)
    else canonical_compact(properties)
end, '');

-- What two copies of an event have to share to be the same: all but when it was sent and received.
create or replace temp macro content_hash_of(
    user_id, anonymous_id, device_id, type, event, original_timestamp, occurred_at, os, os_version, app_version,
    timezone, module, content_type, content_id, content_title, seconds, query, results, properties
) as md5(concat_ws(e'\x1f', coalesce(user_id, e'\x1e'), coalesce(anonymous_id, e'\x1e'), device_id, type,
    coalesce(event, e'\x1e'), epoch_us(coalesce(original_timestamp, occurred_at)), original_timestamp is null,
    os, coalesce(os_version, e'\x1e'), coalesce(app_version, e'\x1e'), coalesce(timezone, e'\x1e'),
    coalesce(module, e'\x1e'), coalesce(content_type, e'\x1e'), coalesce(content_id, e'\x1e'),
    coalesce(content_title, e'\x1e'), coalesce(seconds::varchar, e'\x1e'),
    coalesce(term_of(query), e'\x1e'),
    coalesce(results::varchar, e'\x1e'), canonical(properties)));
