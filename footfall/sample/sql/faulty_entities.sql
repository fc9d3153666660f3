-- A dirty sample's extracts: some optional values cannot be used, and some words are spelled otherwise. The lines load.

alter view entity_changes rename to good_entity_changes;

create view entity_changes as
with drawn as (
    select *, hash(k1 || k2, 970) % 60 as draw from good_entity_changes
)

select
    entity, k1, k2, changed_at,
    case
        when entity = 'participants' and draw < 3
            then replace(line, '"deleted_at":null', '"deleted_at":"0000-00-00 00:00:00"')
        when entity = 'participants' and draw < 6 then replace(line, '"role":"attendee"', '"role":"visitor"')
        when entity = 'participants' and draw < 12 then replace(line, '"role":"attendee"', '"role":" Attendee"')
        -- cut inside an emoji
        when entity = 'content' and draw < 4
            then regexp_replace(line, '"title":"((?:[^"\\]|\\.)*)"', '"title":"\1 \\ud83c"')
        when entity = 'meetings' and draw < 30 then replace(line, '"status":"cancelled"', '"status":"canceled"')
        when entity = 'meeting_participants' and draw < 6 then replace(line, '"joined_at":null', '"joined_at":"never"')
        else line
    end as line
from drawn;
