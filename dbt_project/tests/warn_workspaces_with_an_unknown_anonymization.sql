-- An anonymization other than `none`, `full` and `domains` counts as `full`: nobody is shown. Correct the extract.
{{ config(severity='warn') }}

select workspace_id, anonymization
from {{ ref('stg_lake__workspaces') }}
where {{ lower_trimmed('anonymization') }} not in ('none', 'full', 'domains', '')
