-- Consent in lines of JSON, and in the text of a line that cannot be parsed. Run once a connection; {purpose_names} and
-- {consent_words}: see `in_line.patterns`. The variables `banners` (workspaces whose cookie banner is on) and
-- `all_have_banner` (all that are known have one) are set for each commit.

-- whether a line may have an answer to look for; words that begin with a rare letter are found faster
create or replace temp macro names_consent(line) as contains(line, 'onsent') or contains(line, 'CONSENT')
    or case
        when contains(line, 'Groups') or contains(line, '_groups')
            then contains(line, 'ActiveGroups') or contains(line, 'active_groups')
        else false
    end;
-- `value`: JSON without white space; where the line has some, the member stays
create or replace temp macro without_member(line, name, value) as
    case when value is null then line else replace(line, '"' || name || '":' || value::varchar, '') end;
-- the contract's own form of a yes, which needs no call of Python; {is_own_form}: the setting has that name
create or replace temp macro own_form_of_yes() as
    if({is_own_form}, '{"categoryPreferences":{"Analytics":true}}', null);

-- Every answer that is visible, in lower case; '' where one begins and cannot be made out. Names of purposes that other
-- values have as well, such as `performance`, count where the text has a word for consent.
create or replace temp macro answers_in(text) as list_transform(
    case
        when regexp_matches(text, '(?i){consent_words}') then regexp_extract_all(
            text, '(?i)(?:{purpose_names}|analytic)[a-z_]*\\*["'']?\s*[:=]\s*\\*["'']?\s*([a-z0-9_-]*)', 1
        )
        else regexp_extract_all(text, '(?i)analytics(?:_storage)?\\*["'']?\s*[:=]\s*\\*["'']?\s*([a-z0-9_]*)', 1)
    end,
    lambda answer: lower(answer)
);

create or replace temp macro is_refusal(answers) as len(list_filter(
    answers, lambda answer: answer not in ('', 'null', 'true', '1', 'yes', 'granted')
)) > 0;
create or replace temp macro text_refuses_consent(text) as is_refusal(answers_in(text));

create or replace temp macro workspace_in(text) as nullif(regexp_extract(
    text, '(?i)(?:group|workspace)_?id\\*["'']?\s*:\s*\\*["'']([^"''\\]+)', 1
), '');

-- Whether a line may lack consent though its text shows no refusal: its answer cannot be made out; or it comes from a
-- browser, shows no yes, and its workspace has the banner on (or the workspace cannot be made out and all have the
-- banner). An answer in a column of its own (`has_consent_column`) cannot be found in a text at all.
-- `answers`: those in the text, looked for once, since a text may have megabytes.
create or replace temp macro may_be_refusal(text, answers, has_consent_column) as coalesce(
    has_consent_column
    or list_contains(answers, '')
    or (len(answers) = 0 and regexp_matches(text, '(?i){consent_words}'))
    or (
        len(list_filter(answers, lambda answer: answer <> 'null')) = 0
        and coalesce(
            list_contains(getvariable('banners')::varchar[], workspace_in(text)), getvariable('all_have_banner')
        )
        and regexp_matches(text, '(?i)["''](type|channel|name)\\*["'']?\s*:\s*\\*["''](page|browser|web|client)\b'
            || '|["'']name\\*["'']?\s*:\s*\\*["''][^"'']*(javascript|\bjs\b)|["'']page\\*["'']?\s*:\s*\\*\{'
            || '|:\s*\\*["'']mozilla/')
    ), false
);
create or replace temp macro text_may_refuse_consent(text, has_consent_column) as
    may_be_refusal(text, answers_in(text), has_consent_column);

create or replace temp macro with_text_withheld(detail) as
    concat_ws('; ', nullif(detail, ''), 'the text is not kept, since it may be of somebody who did not consent');
