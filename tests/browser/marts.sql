-- marts.* (published schema `marts`)
create table marts.dim_workspaces(workspace_id varchar, name varchar, timezone varchar, starts_on date, ends_on date,
  anonymization varchar /*none full domains*/, anonymized_domains varchar[], has_cookie_banner boolean, modules varchar[] /*null = all*/, target_groups varchar[] /*[] = everyone*/,
  visit_timeout_seconds integer, idle_cap_seconds integer, min_group_size integer, counts_guests boolean, is_inferred boolean, settings varchar /*the settings as JSON*/);
create table marts.dim_participants(workspace_id varchar, user_id varchar, first_name varchar, last_name varchar, email varchar, company varchar, job_title varchar,
  groups varchar[], role varchar, profile_url varchar, is_test boolean, is_targeted boolean, is_anonymized boolean, is_deleted boolean, is_inferred boolean /*seen in events, no entity*/, created_at timestamp);
create table marts.dim_content(workspace_id varchar, content_type varchar, content_id varchar, title varchar, url varchar, sponsor_id varchar, starts_at timestamp, ends_at timestamp, is_deleted boolean, is_inferred boolean);
create table marts.fct_events(workspace_id varchar, message_id varchar, session_id varchar, visit_id varchar, actor_id varchar, user_id varchar, device_id varchar, os varchar,
  occurred_at timestamp, local_date date, local_hour integer /*0-23*/, event varchar, kind varchar, module varchar, action varchar, content_type varchar, content_id varchar, seconds_to_next decimal(18,3), engaged_seconds decimal(18,3), load_date date);
create table marts.fct_sessions(session_id varchar, workspace_id varchar, device_id varchar, actor_id varchar, user_id varchar, os varchar, started_at timestamp, ended_at timestamp, local_date date,
  events bigint, interactions bigint, elapsed_seconds decimal(18,3), engaged_seconds decimal(18,3), visit_id varchar);
create table marts.fct_visits(visit_id varchar, workspace_id varchar, actor_id varchar, user_id varchar, is_guest boolean, is_counted boolean /*>=1 interaction*/, is_single_event boolean,
  started_at timestamp, ended_at timestamp, local_date date, sessions bigint, events bigint, interactions bigint, elapsed_seconds decimal(18,3), engaged_seconds decimal(18,3), entry_module varchar, exit_module varchar);
create table marts.fct_feature_usage(workspace_id varchar, actor_id varchar, user_id varchar, local_date date, module varchar, os varchar, interactions bigint, views bigint, visits bigint, engaged_seconds decimal(18,3));
create table marts.fct_content_views(view_id varchar, workspace_id varchar, actor_id varchar, user_id varchar, visit_id varchar, content_type varchar, content_id varchar, os varchar, viewed_at timestamp, local_date date,
  seconds_viewed decimal(18,3) /*null = unknown*/, seconds_source varchar /*client heartbeats next_event*/);   -- user views leave out one's own profile
create table marts.fct_searches(workspace_id varchar, message_id varchar, actor_id varchar, user_id varchar, visit_id varchar, os varchar, searched_at timestamp, local_date date, term varchar, results bigint);
create table marts.fct_meetings(workspace_id varchar, meeting_id varchar, kind varchar, status varchar, scheduled_start timestamp, scheduled_end timestamp, local_date date, participants bigint, accepted bigint,
  attended bigint /*null without evidence*/, is_held boolean, duration_minutes decimal(18,3), actual_minutes decimal(18,3), reschedules bigint, created_at timestamp, updated_at timestamp);
create table marts.fct_meeting_history(workspace_id varchar, meeting_id varchar, changed_at timestamp, change varchar /*created status rescheduled status_and_rescheduled*/, status varchar, scheduled_start timestamp, scheduled_end timestamp);
create table marts.fct_meeting_participants(workspace_id varchar, meeting_id varchar, user_id varchar, response varchar, attended boolean, joined_at timestamp, left_at timestamp, updated_at timestamp);
create table marts.fct_user_daily(workspace_id varchar, actor_id varchar, user_id varchar, is_guest boolean, local_date date, visits bigint, interactions bigint, interactions_ios bigint, interactions_android bigint, interactions_web bigint, interactions_other bigint /*other+unknown*/,
  engaged_seconds decimal(18,3), elapsed_seconds decimal(18,3), visit_interactions bigint, last_seen_at timestamp);  -- visits/elapsed/engaged/visit_interactions: counted visits, by visit start date; interactions: by own date
create table marts.fct_path_steps(level varchar /*module content*/, visit_id varchar, step integer, workspace_id varchar, actor_id varchar, user_id varchar, local_date date /*of the visit*/, item varchar, next_item varchar, seconds_on_item decimal(18,3), views bigint);
create table marts.agg_workspace_daily(workspace_id varchar, local_date date, active_users bigint, guests bigint, visits bigint, user_visits bigint, interactions bigint, visit_interactions bigint, engaged_seconds decimal(18,3), elapsed_seconds decimal(18,3), single_event_visits bigint);
create table marts.agg_interactions_by_os(workspace_id varchar, local_date date, os varchar, interactions bigint);
create table marts.agg_path_links(workspace_id varchar, local_date date, level varchar, step integer, source varchar, target varchar, visits bigint, users bigint, views bigint, seconds_on_source decimal(18,3));
create table marts.metric_definitions(metric varchar, title varchar, unit varchar, definition varchar, page varchar, sort_order integer);
-- ops.* (published schema `ops`, written by publishing/)
create table ops.load_ledger(load_date date, source varchar, file varchar, sha256 varchar, bytes bigint, lines_in bigint, loaded bigint, duplicates bigint, quarantined bigint, no_consent bigint, erased bigint, state varchar, reason varchar, loaded_at timestamp, run_id varchar);
create table ops.quarantine(load_date date, file varchar, reason varchar, lines bigint);            -- counts only, no raw text
create table ops.load_by_workspace(load_date date, workspace_id varchar, loaded bigint, no_consent bigint, late_1h bigint, late_24h bigint, late_7d bigint);  -- late = received_at (else end of load date) minus occurred_at over 1 h; disjoint buckets 1-24 h, 24 h-7 d, over 7 d -> see H4/H2
create table ops.runs(run_id varchar, kind varchar, started_at timestamp, finished_at timestamp, status varchar, load_date_from date, load_date_to date, lines_in bigint, loaded bigint, checks_failed bigint, seconds double, details varchar);
create table ops.restatements(run_id varchar, restated_at timestamp, workspace_id varchar, local_date date, metric varchar, old_value double, new_value double, reason varchar /*late_events backfill definition_change erasure*/);
create table ops.late_events(load_date date, seq bigint, loaded bigint, late_1h bigint, late_24h bigint, late_7d bigint, visits_recut bigint, visits_merged bigint, visits_split bigint);
