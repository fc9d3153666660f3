"""Which clients are browsers, by what their events show: the os of an event, and who needs a yes under a banner."""

from pathlib import Path
from typing import Any

import duckdb
import pytest

from footfall.core.settings import Consent, EventSource, Settings, Sources
from tests.support.lake import Lake, line

SAFARI = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17 Safari/60"
CHROME = "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Mobile Safari/537"
WEB_VIEW = "Mozilla/5.0 (Linux; Android 10; K; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4 Chrome/12 Safari/5"
IN_APP = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148"

AT = "timestamp '2026-11-02 10:00:00'"


def client(os: str | None = None, channel: str | None = None, **context: Any) -> dict[str, Any]:
    system = {"os": {"name": os}} if os else {}
    return {"channel": channel, "context": {"groupId": "expo", **system, **context}}


BROWSERS = {
    "RudderStack": client("Mac OS X", "web", library={"name": "RudderLabs JavaScript SDK"}),
    "analytics.js": client(library={"name": "analytics.js", "version": "next-1.53"}, userAgent=SAFARI),
    "the channel of clients": client(channel="client"),
    "the channel in capitals": client("Windows", "Web"),
    "a page in the context": client("Windows", page={"url": "https://expo.example/agenda"}),
    "a browser's agent": client("Linux", userAgent=SAFARI),
    "a phone's browser": client("Android", library={"name": "analytics.js"}, userAgent=CHROME),
    "a phone's browser by its agent": client("Android", userAgent=CHROME),
    "a page by a library for servers": client(channel="server", library={"name": "analytics-node"}, page={"path": "/"}),
    "jitsu": client(library={"name": "@jitsu/js"}),
    "a browser as the os": client("Chrome"),
    "a page": {**client("iOS"), "type": "page"},
    "a page of an unknown system": {**client(channel="mobile"), "type": "page"},
}
APPS = {
    "a library of iOS": (client("iOS", "client", library={"name": "analytics-ios"}, userAgent=SAFARI), "ios"),
    "a library of Android": (client("Android", library={"name": "com.rudderstack.android.sdk.core"}, userAgent=CHROME),
                             "android"),
    "React Native": (client("iOS", "client", library={"name": "@segment/analytics-react-native"}), "ios"),
    "a phone's channel": (client("Android", "mobile", userAgent=CHROME), "android"),
    "a page of an app": ({**client("iOS", "mobile"), "type": "page"}, "ios"),
    "a page of an app's library": ({**client("Android", library={"name": "sdk-android"}), "type": "page"}, "android"),
    "a web view": (client("Android", userAgent=WEB_VIEW), "android"),
    "a web view of iOS": (client("iOS", userAgent=IN_APP), "ios"),
    "an app with a version": (client("iOS", "client", app={"version": "3.1"}, userAgent=SAFARI), "ios"),
    "a desktop's app": (client("Windows", library={"name": "Analytics.Xamarin"}), "other"),
    "a server": (client(channel="server", library={"name": "analytics-node"}), "unknown"),
    "nothing known": (client(), "unknown"),
    "an empty page": (client("iOS", page={}), "ios"),
}


@pytest.mark.parametrize("case", BROWSERS)
def test_a_browser_is_web_and_needs_a_yes_under_a_banner(tmp_path: Path, case: str) -> None:
    assert _os_and_refused(tmp_path, BROWSERS[case]) == ("web", True)


@pytest.mark.parametrize("case", APPS)
def test_an_app_keeps_its_os_and_needs_no_answer(tmp_path: Path, case: str) -> None:
    shape, os = APPS[case]
    assert _os_and_refused(tmp_path, shape) == (os, False)


def _os_and_refused(tmp_path: Path, shape: dict[str, Any]) -> tuple[str, bool]:
    """The os of such an event in a workspace without a banner; and whether it is refused with one."""
    lake = Lake(tmp_path)
    lake.land("workspaces.jsonl", [{"workspace_id": "strict", "cookie_banner": True}], kind="entities")
    strict = {**shape, "context": {**shape["context"], "groupId": "strict"}}
    lake.land("some.jsonl", [line("free", **shape), line("strict", **strict), line("yes", **{
        **strict, "context": {**strict["context"], "consent": {"categoryPreferences": {"Analytics": True}}},
    })])
    result = lake.load()
    rows = {message: row for (_, message), row in lake.live().items()}
    assert rows["yes"]["os"] == rows["free"]["os"]
    assert (result.no_consent == 1) == ("strict" not in rows)
    return rows["free"]["os"], "strict" not in rows


def test_flat_columns_of_a_csv_file_show_a_browser_too(tmp_path: Path) -> None:
    lake = Lake(tmp_path, _flat())
    lake.land("workspaces.jsonl", [{"workspace_id": "expo", "cookie_banner": True}], kind="entities")
    lake.land("a.csv", (
        "message_id,user_id,timestamp,context_group_id,context_library_name,context_page_url,context_user_agent\n"
        "1,u,2026-11-02 10:00:00,expo,analytics.js,,\n"
        "2,u,2026-11-02 10:00:00,expo,,https://expo.example,\n"
        f'3,u,2026-11-02 10:00:00,expo,,,"{SAFARI}"\n'
        "4,u,2026-11-02 10:00:00,expo,analytics-android,,\n"
    ).encode())
    assert lake.load().no_consent == 3
    assert [message for _, message in lake.live()] == ["4"]


def _flat() -> Settings:
    source = EventSource(name="flat", path="landing/events/{load_date}/*.csv", format="csv", mapping=None)
    return Settings(sources=Sources(events=(source,)))


@pytest.mark.parametrize(("column", "value"), [
    ("context_consent_category_preferences_c0002", "false"),
    ("contextConsentManagementDeniedConsentIds", '"[""C0002""]"'),
    ("context_onetrust_active_groups", '"C0001,C0003"'),
    ("consent", "denied"),
    ("analytics_consent", "0"),
])
def test_a_refusal_in_a_flat_column_is_seen(tmp_path: Path, column: str, value: str) -> None:
    lake = Lake(tmp_path, _flat())
    lake.land("a.csv", (
        f"message_id,user_id,timestamp,context_group_id,{column}\n1,u,2026-11-02 10:00:00,expo,{value}\n"
        "2,u,2026-11-02 10:00:00,expo,\n"
    ).encode())
    assert (lake.load().no_consent, [message for _, message in lake.live()]) == (1, ["2"])


@pytest.mark.parametrize("format", ["csv", "jsonl", "parquet"])
def test_a_mapped_answer_and_channel_are_read_like_any_other(tmp_path: Path, format: str) -> None:
    source = EventSource(name="mapped", path=f"landing/events/{{load_date}}/*.{format}", format=format, mapping={
        "message_id": "id", "workspace_id": "'expo'", "user_id": "'u'", "occurred_at": AT,
        "consent": "agreed", "channel": "platform",
    })
    answers = [None, "true", "granted", "C0001,C0002", "C0001", "opt-out", "maybe", '{"analytics": false}', "0"]
    lake = Lake(tmp_path, Settings(sources=Sources(events=(source,))))
    path = lake.land(f"a.{format}", b"")
    with duckdb.connect() as con:
        con.execute(
            "copy (select (row_number() over ())::varchar as id, agreed, 'Web' as platform "
            f"from (select unnest(?) as agreed)) to '{path}' (format {format.replace('jsonl', 'json')})", [answers],
        )
    assert lake.load().no_consent == 5
    assert {message: row["os"] for (_, message), row in lake.live().items()} == dict.fromkeys("1234", "web")


def test_a_mapped_list_of_refused_purposes_is_read(tmp_path: Path) -> None:
    source = EventSource(name="mapped", path="landing/events/{load_date}/*.jsonl", format="jsonl", mapping={
        "message_id": "id", "workspace_id": "'expo'", "user_id": "'u'", "occurred_at": AT,
        "consent": "json_object('deniedConsentIds', refused::json)",
    })
    lake = Lake(tmp_path, Settings(sources=Sources(events=(source,))))
    lake.land("a.jsonl", [{"id": "1", "refused": ["C0002"]}, {"id": "2", "refused": ["C0004"]}])
    assert (lake.load().no_consent, [message for _, message in lake.live()]) == (1, ["2"])


def test_the_names_of_the_purpose_are_a_setting(tmp_path: Path) -> None:
    lake = Lake(tmp_path, Settings(consent=Consent(analytics_keys=("Besuchsmessung", "4"))))
    shapes = [{"besuchs_messung": False}, {"4": False}, {"Analytics": True}, {"Besuchsmessung": True}]
    lake.land("a.jsonl", [
        line(str(number), context={"groupId": "expo", "consent": {"categoryPreferences": shape}})
        for number, shape in enumerate(shapes)
    ])
    assert lake.load().no_consent == 3
    assert [message for _, message in lake.live()] == ["3"]
