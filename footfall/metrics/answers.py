"""Every answer by name."""

from footfall.metrics.catalog import Answer, columns

_PERSON = "user_id:text name:text first_name:text last_name:text email:text company:text job_title:text groups:list " \
    "role:text profile_url:text is_deleted:flag:participant_is_deleted"
_BY_OS = "interactions_ios:count interactions_android:count interactions_web:count interactions_other:count"
_ITEM = "content_type:text content_id:text title:text:content_title url:text:content_url " \
    "is_deleted:flag:content_is_deleted"
_ITEM_OR_OTHER = _ITEM.replace("content_id:text", "content_id:text item_kind:text")
_LINK_ORDER = "level desc, step, visits desc, source_kind, source, target_kind, target"
_SECONDS = "seconds_viewed:seconds average_seconds_viewed:seconds known_share:share"
_LINK = "level:text:path_level step:count:path_step source:text:path_source source_kind:text:path_source_kind " \
    "target:text:path_target target_kind:text:path_target_kind " \
    "visits:count:path_visits users:count:path_users share_of_visits:share:path_share " \
    "interactions:count:path_interactions seconds_on_source:seconds average_seconds_on_source:seconds"

_ALL = (
    Answer("insights", "Insights", "one row", columns(
        "active_users:count guests:count visits:count user_visits:count guest_visits:count interactions:count "
        "visit_interactions:count elapsed_seconds:seconds engaged_seconds:seconds "
        "average_elapsed_seconds:seconds average_engaged_seconds:seconds median_elapsed_seconds:seconds "
        "p90_elapsed_seconds:seconds single_event_visits:count single_event_share:share visits_per_user:number "
        "interactions_per_visit:number interactions_per_visit_mean_of_users:number"
    ), "active_users"),
    Answer("visit_frequency", "Insights", "measure, position", columns(
        "measure:text:frequency_measure position:count:frequency_position bucket:text:frequency_bucket "
        "users:count:frequency_users share_of_users:share:frequency_share"
    ), "measure, position"),
    Answer("interactions_over_time", "Insights", "bucket, os", columns(
        "bucket:local os:text granularity:text interactions:count:interactions_by_os"
    ), "bucket, os"),
    Answer("interactions_by_day_os", "Insights", "local date", columns(
        f"local_date:date {_BY_OS} interactions:count"
    ), "local_date"),
    Answer("interactions_by_os", "Insights", "operating system", columns(
        "os:text interactions:count:interactions_by_os"
    ), "interactions desc, os"),
    Answer("by_functionality", "Insights", "module, module_kind", columns(
        "module:text module_kind:text interactions:count:module_interactions share_of_interactions:share:module_share "
        "views:count:module_views users:count:module_users visits:count:module_visits "
        "engaged_seconds:seconds:module_engaged_seconds reach:share"
    ), "interactions desc, module, module_kind"),
    Answer("path_links", "Paths", "level, step, source, target, target_kind", columns(_LINK),
           _LINK_ORDER),
    Answer("path_links_top", "Paths", "level, step, source, source_kind, target, target_kind", columns(_LINK),
           _LINK_ORDER),
    Answer("path_items", "Paths", "level, step, item", columns(
        "level:text:path_level step:count:path_step item:text:path_item item_kind:text:path_item_kind "
        "visits:count:path_visits users:count:path_users share_of_visits:share:path_share "
        "interactions:count:path_interactions seconds_on_item:seconds average_seconds_on_item:seconds"
    ), "level desc, step, visits desc, item_kind, item"),
    Answer("top_users", "Top users", "active user", columns(
        "rank:count:user_rank user_id:text name:text first_name:text last_name:text company:text groups:list "
        "profile_url:text is_deleted:flag:participant_is_deleted visits:count:user_visits interactions:count "
        "interactions_per_visit:number active_days:count elapsed_seconds:seconds engaged_seconds:seconds "
        "average_elapsed_seconds:seconds average_engaged_seconds:seconds last_seen_at:utc last_seen_local:local"
    ), "rank"),
    Answer("by_participant", "By participant", "participant who counts", columns(
        f"{_PERSON} visits:count:user_visits active_days:count interactions:count {_BY_OS} engaged_seconds:seconds "
        "engaged_minutes:minutes engaged_hours:hours elapsed_seconds:seconds elapsed_minutes:minutes "
        "elapsed_hours:hours last_seen_at:utc last_seen_local:local"
    ), "interactions desc, visits desc, user_id"),
    Answer("participant_functionality", "By participant", "participant, module, module_kind", columns(
        "user_id:text module:text module_kind:text interactions:count:module_interactions views:count:module_views "
        "visits:count:module_visits engaged_seconds:seconds:module_engaged_seconds"
    ), "user_id, interactions desc, module, module_kind"),
    Answer("content_items", "Content", "content type, item", columns(
        f"{_ITEM_OR_OTHER} sponsor_id:text views:count users:count:view_users {_SECONDS} views_ios:count "
        "views_android:count views_web:count views_other:count opened:count submitted:count submissions:count "
        "completion:share"
    ), "content_type, views desc, users desc, content_id, item_kind", takes_item=True),
    Answer("content_items_by_os", "Content", "content type, item, os", columns(
        f"{_ITEM} os:text views:count users:count:view_users {_SECONDS}"
    ), "content_type, content_id, os", takes_item=True),
    Answer("searches", "Search", "term", columns(
        "term:text term_kind:text searches:count users:count:search_users without_results:count "
        "share_without_results:share"
    ), "searches desc, users desc, term, term_kind"),
    Answer("searches_by_os", "Search", "term, os", columns(
        "term:text os:text searches:count users:count:search_users without_results:count share_without_results:share"
    ), "term, os"),
    Answer("live_streams", "Live streams", "live stream", columns(
        "content_id:text item_kind:text title:text:content_title url:text:content_url "
        "is_deleted:flag:content_is_deleted starts_at:utc ends_at:utc views:count viewers:count "
        "seconds_viewed:seconds known_share:share seconds_without_repeats:seconds "
        "peak_viewers:count peak_minute_at:utc peak_minute_local:local waiting_viewers:count "
        "live_viewers:count on_demand_viewers:count waiting_seconds:seconds live_seconds:seconds "
        "on_demand_seconds:seconds"
    ), "viewers desc, views desc, content_id, item_kind", takes_item=True, item_type="live_stream"),
    Answer("live_stream_minutes", "Live streams", "live stream, minute", columns(
        "content_id:text title:text:content_title minute_at:utc minute_local:local viewers:count:minute_viewers"
    ), "content_id, minute_at", takes_item=True, item_type="live_stream"),
    Answer("sponsors", "Sponsors", "sponsor", columns(
        "sponsor_id:text title:text:content_title url:text:content_url is_deleted:flag:content_is_deleted "
        "staff:count:sponsor_staff people:count:sponsor_people profile_views:count profile_users:count "
        "document_openings:count document_users:count link_clicks:count link_users:count booth_visits:count "
        "booth_users:count meetings:count:sponsor_meetings meetings_held:count:sponsor_meetings_held "
        "meeting_users:count:sponsor_meeting_users"
    ), "people desc, profile_views desc, sponsor_id", takes_item=True, item_type="sponsor"),
    Answer("meetings_summary", "Meetings", "kind, with a row for all", columns(
        "kind:text:meeting_kind meetings:count requested:count:meetings_requested accepted:count:meetings_accepted "
        "declined:count:meetings_declined cancelled:count:meetings_cancelled expired:count:meetings_expired "
        "held:count:meetings_held meetings_with_attendance:count average_attended:number average_accepted:number "
        "average_duration_minutes:minutes meetings_with_actual:count average_actual_minutes:minutes "
        "rescheduled_meetings:count reschedules:count"
    ), "kind <> 'all', kind"),
    Answer("meetings", "Meetings", "meeting", columns(
        "meeting_id:text kind:text:meeting_kind status:text:meeting_status local_date:date:meeting_date "
        "scheduled_start:utc scheduled_end:utc start_local:local end_local:local "
        "participants:count:meeting_participants accepted:count:meeting_accepted attended:count:meeting_attended "
        "is_held:flag duration_minutes:minutes actual_minutes:minutes reschedules:count created_at:utc updated_at:utc"
    ), "scheduled_start, meeting_id"),
    Answer("meeting_history", "Meetings", "meeting, change", columns(
        "meeting_id:text kind:text:meeting_kind position:count:change_position changed_at:utc changed_local:local "
        "change:text status:text:status_after scheduled_start:utc:start_after scheduled_end:utc:end_after "
        "start_local:local:start_after_local"
    ), "meeting_id, position"),
    Answer("data_facts", "About", "one row", columns(
        "workspace_id:text workspace_name:text timezone:text range_start:date range_end:date first_date:date "
        "last_date:date data_as_of:date anonymization:text target_groups:text participants:count:participants_counting "
        "visits:count content_views:count unknown_seconds_share:share loaded_lines:count late_lines:count "
        "late_share:share no_consent_lines:count present_people:count present_untracked:count"
    ), "workspace_id"),
    Answer("reconciliation", "Reconciliation", "claim", columns(
        "position:count:claim_position about:text:claim_about claim:text left_name:text left_value:count "
        "right_name:text right_value:count is_ok:flag"
    ), "position"),
)

ANSWERS: dict[str, Answer] = {answer.name: answer for answer in _ALL}
