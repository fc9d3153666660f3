-- Consent, read from the text of a line that cannot be parsed. Run once a connection; the variables `banners`
-- (workspaces whose cookie banner is on) and `all_have_banner` (all that are known have one) are set for each commit.

-- every answer that is visible, in lower case; '' where one begins and cannot be made out
create or replace temp macro answers_in(text) as list_transform(
    regexp_extract_all(text, '(?i)analytics\\*["'']?\s*[:=]\s*\\*["'']?\s*([a-z0-9_]*)', 1),
    lambda answer: lower(answer)
);

create or replace temp macro text_refuses_consent(text) as len(list_filter(
    answers_in(text), lambda answer: answer not in ('', 'null', 'true', '1', 'yes', 'granted')
)) > 0;

create or replace temp macro workspace_in(text) as nullif(regexp_extract(
    text, '(?i)(?:group|workspace)_?id\\*["'']?\s*:\s*\\*["'']([^"''\\]+)', 1
), '');

-- Whether a line may lack consent though its text shows no refusal: its answer cannot be made out; or it comes from a
-- browser, shows no yes, and its workspace has the banner on (or the workspace cannot be made out and all have the
-- banner). An answer in a column of its own (`has_consent_column`) cannot be found in a text at all.
create or replace temp macro text_may_refuse_consent(text, has_consent_column) as coalesce(
    has_consent_column
    or list_contains(answers_in(text), '')
    or (len(answers_in(text)) = 0 and regexp_matches(text, '(?i)consent'))
    or (
        len(list_filter(answers_in(text), lambda answer: answer <> 'null')) = 0
        and coalesce(
            list_contains(getvariable('banners')::varchar[], workspace_in(text)), getvariable('all_have_banner')
        )
        and regexp_matches(text, '(?i)["''](type|channel|name)\\*["'']?\s*:\s*\\*["''](page|browser|web)\b')
    ), false
);

create or replace temp macro with_text_withheld(detail) as
    concat_ws('; ', nullif(detail, ''), 'the text is not kept, since it may be of somebody who did not consent');
