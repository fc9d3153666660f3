-- What kind of client sent an event. Run once a connection; {systems}: the spellings of
-- dbt_project/vars.yml.

create or replace temp macro os_by_name(os) as case
    when os is null then 'unknown'
    {systems}
    else 'other'
end;

-- An app's own library, or one of the same name for servers, is no browser's.
create or replace temp macro is_app_library(library) as coalesce(regexp_matches(library,
    '(?i)(^|[^a-z])i?os([^a-z]|$)|android|swift|kotlin|react[-_ ]?native|flutter|cordova|capacitor|xamarin|unity|cocoa'
), false);
create or replace temp macro is_browser_library(library) as coalesce(
    regexp_matches(library, '(?i)javascript|(^|[^a-z])(js|web|browser|gtag|gtm)([^a-z]|$)|amplitude-ts|analytics-next')
    and not regexp_matches(library, '(?i)(^|[^a-z])node([^a-z]|$)'), false
);

-- A browser by itself: the web view inside an app says so, or lacks the name of a browser.
create or replace temp macro is_browser_agent(agent) as coalesce(
    starts_with(agent, 'Mozilla/')
    and regexp_matches(agent, 'Safari/|Firefox/|FxiOS/|Chrome/|CriOS/|Edg|OPR/|MSIE |Trident/')
    and not regexp_matches(agent,
        '(?i); wv\)|electron/|cordova|capacitor|ionic|reactnative|react native|expo/|flutter|dalvik|okhttp|cfnetwork'
    ), false
);

-- An event that shows itself to be of an app.
create or replace temp macro is_of_app(channel, library) as
    coalesce(lower(channel) in ('mobile', 'app', 'ios', 'android'), false) or is_app_library(library);

-- The os of an event (contract, section 2). A channel of browsers is web with any os; an app's events are of the
-- app's os, pages included; what may be in either (a page, channel `client`, a browser's agent) is web where no app
-- shows itself.
create or replace temp macro os_of(os, type, channel, library, has_page, agent, app_version) as case
    when lower(channel) in ('browser', 'web', 'website', 'webapp') then 'web'
    when type = 'page' and not (is_of_app(channel, library) and os_by_name(os) in ('ios', 'android')) then 'web'
    when lower(channel) = 'mobile' or (channel is null and library is null and agent is null and not has_page)
        or is_of_app(channel, library) then os_by_name(os)
    when is_browser_library(library) then 'web'
    when app_version is not null and os_by_name(os) in ('ios', 'android') then os_by_name(os)
    when lower(channel) = 'client' or has_page or is_browser_agent(agent) then 'web'
    else os_by_name(os)
end;
