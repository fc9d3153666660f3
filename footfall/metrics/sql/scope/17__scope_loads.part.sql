-- What was loaded of this workspace so far, and with which load last: a later load without a line of it changes none of
-- its numbers, and so none of its files. Lateness is known to the line only, so these are about all data, not about a
-- range or a person. Grain: one row.
select
    -- counts are null in a protected workspace, where only its last load is published
    max(w.load_date) filter (where w.loaded is null or w.loaded > 0 or w.no_consent > 0) as data_as_of,
    coalesce(sum(w.loaded), 0)::bigint as loaded_lines,
    coalesce(sum(w.late_1h + w.late_24h + w.late_7d), 0)::bigint as late_lines,
    coalesce(sum(w.no_consent), 0)::bigint as no_consent_lines
from ops.load_by_workspace as w
where w.workspace_id = $workspace
