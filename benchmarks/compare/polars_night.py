"""The bare night in polars: the same answers as ``benchmarks/bare_night.sql``, whose comments say what each step is.

    python benchmarks/compare/polars_night.py LANDING OUT
"""

import json
import sys
import time
from pathlib import Path

import polars as pl
from polars import col, lit

CATALOG = Path(__file__).parents[2] / "dbt_project" / "seeds" / "event_catalog.csv"
SECOND, DAY = 1_000, 86_400_000
TIMES = ("timestamp", "originalTimestamp", "sentAt", "receivedAt")
FIELDS = {
    "messageId": pl.String, "type": pl.String, "event": pl.String, "name": pl.String, "userId": pl.String,
    "anonymousId": pl.String, **dict.fromkeys(TIMES, pl.String), "channel": pl.String,
    "context": pl.Struct({
        "groupId": pl.String, "device": pl.Struct({"id": pl.String}), "os": pl.Struct({"name": pl.String}),
        "consent": pl.Struct({"categoryPreferences": pl.Struct({"Analytics": pl.Boolean})}),
    }),
    "properties": pl.Struct({
        "module": pl.String, "content_type": pl.String, "content_id": pl.String, "duration_seconds": pl.Float64,
    }),
}


def newest(landing: Path, entity: str, key: list[str]) -> pl.DataFrame:
    frames = [pl.read_ndjson(path) for path in sorted(landing.glob(f"entities/*/{entity}.jsonl"))]
    return pl.concat(frames, how="diagonal_relaxed").sort("updated_at").unique(key, keep="last")


def read_lines(landing: Path) -> pl.LazyFrame:
    """Times are milliseconds since 1970 from here on."""
    lines = pl.scan_ndjson(sorted(landing.glob("events/*/*.jsonl.gz")), schema=FIELDS)
    at = {name: col(name).str.to_datetime("%Y-%m-%dT%H:%M:%S%.3fZ", time_unit="ms").dt.epoch("ms") for name in TIMES}
    context, properties = col("context").struct, col("properties").struct
    system = context.field("os").struct.field("name").str.to_lowercase()
    duration = properties.field("duration_seconds")
    return lines.with_columns(user_id=col("userId").str.strip_chars(" \t"), **at).select(
        "user_id", "type", context.field("groupId").alias("workspace_id"), col("messageId").alias("message_id"),
        pl.coalesce(
            context.field("device").struct.field("id"), "anonymousId", lit("user:") + col("user_id"),
        ).alias("device_id"),
        pl.coalesce(
            "timestamp", col("receivedAt") - (col("sentAt") - col("originalTimestamp")), "originalTimestamp",
            "receivedAt",
        ).alias("occurred_at"),
        col("receivedAt").alias("received_at"), pl.coalesce("event", "name", "type").alias("event"),
        pl.when((col("type") == "page") | (col("channel") == "browser")).then(lit("web"))
        .when(system.is_in(["ios", "ipados"])).then(lit("ios")).otherwise(system.fill_null("unknown")).alias("os"),
        properties.field("module"), properties.field("content_type"), properties.field("content_id"),
        pl.when(duration.is_between(0, 86400)).then((duration * 1000).round().cast(pl.Int64)).alias("client_ms"),
        context.field("consent").struct.field("categoryPreferences").struct.field("Analytics").alias("consent"),
    ).filter(
        (col("workspace_id") != "") & (col("message_id") != "") & (col("device_id") != "")
        & (col("occurred_at") <= col("received_at") + 300 * SECOND)
        & (col("occurred_at") >= col("received_at") - 30 * DAY) & col("consent").ne_missing(False)
    )


def read_events(landing: Path, workspaces: pl.DataFrame) -> pl.DataFrame:
    known = pl.read_csv(CATALOG).select("event", "kind", "module", "content_type")
    first = read_lines(landing).collect(engine="streaming").sort("received_at", "occurred_at", nulls_last=True).unique(
        ["workspace_id", "message_id"], keep="first"
    )
    return first.join(known, on="event", how="left", suffix="_known").with_columns(
        module=pl.coalesce("module", "module_known", lit("")),
        content_type=pl.coalesce("content_type", "content_type_known"),
        is_interaction=col("kind").ne_missing("heartbeat"),
        # the names of the bare script: how it counts, and what decides that it counts
        counted=pl.coalesce("kind", pl.when(col("type").is_in(["identify", "group"])).then(lit("system"))
                            .otherwise(lit("interaction"))),
        kind=pl.coalesce("kind", pl.when(col("type").is_in(["screen", "page"])).then(lit("view"))
                         .otherwise(lit("interaction"))),
    ).filter(col("counted").is_in(["interaction", "view", "heartbeat"])).join(workspaces, on="workspace_id").drop(
        "type", "event", "counted", "consent", "received_at", "module_known", "content_type_known",
    )


def add_sessions(events: pl.DataFrame) -> pl.DataFrame:
    device = ["workspace_id", "device_id"]
    return events.sort(*device, "occurred_at", "message_id").with_columns(
        before=col("occurred_at").shift(1).over(device),
        user_before=col("user_id").forward_fill().shift(1).over(device),
        user_at=pl.when(col("user_id").is_not_null()).then("occurred_at").forward_fill().shift(1).over(device),
    ).with_columns(
        run_at=pl.when(col("before").is_null() | (col("occurred_at") - col("before") >= col("timeout")))
        .then("occurred_at").forward_fill().over(device),
    ).with_columns(
        is_start=col("before").is_null() | (col("before") < col("run_at"))
        | ((col("user_at") >= col("run_at")) & (col("user_before") != col("user_id"))).fill_null(False)
        | ((col("occurred_at") - col("run_at")) // DAY != (col("before") - col("run_at")) // DAY),
    ).with_columns(session_no=col("is_start").cum_sum()).drop("before", "user_before", "user_at", "run_at")


def make_visits(session_events: pl.DataFrame) -> pl.DataFrame:
    """Visit, user, actor and system of every session."""
    start, os, actor = col("is_start"), col("os"), ["workspace_id", "actor_id"]
    named = ~os.is_in(["other", "unknown"])
    sessions = session_events.group_by("session_no").agg(
        col("workspace_id", "device_id", "timeout").first(), col("user_id").max(),
        started_at=col("occurred_at").min(), ended_at=col("occurred_at").max(),
        first_id=col("message_id").filter(start).max(),
        session_os=pl.coalesce(os.filter(start & named).max(), os.filter(os == "web").max(), os.filter(named).max(),
                               os.filter(os == "other").max(), lit("unknown")),
    )
    return sessions.with_columns(actor_id=pl.coalesce("user_id", lit("device:") + col("device_id"))).sort(
        *actor, "started_at", "first_id"
    ).with_columns(
        before=col("started_at").shift(1).over(actor), latest=col("ended_at").cum_max().shift(1).over(actor),
    ).with_columns(
        run_at=pl.when(col("latest").is_null() | (col("started_at") - col("latest") >= col("timeout")))
        .then("started_at").forward_fill().over(actor),
    ).with_columns(
        visit_no=(col("before").is_null() | (col("before") < col("run_at"))
                  | ((col("started_at") - col("run_at")) // DAY != (col("before") - col("run_at")) // DAY)).cum_sum(),
    ).select("session_no", "user_id", "actor_id", "session_os", "visit_no")


def place_in_visits(session_events: pl.DataFrame, sessions: pl.DataFrame) -> pl.DataFrame:
    moment = pl.from_epoch("occurred_at", time_unit="ms").dt.replace_time_zone("UTC")
    dates = pl.coalesce(
        pl.when(col("timezone") == zone).then(moment.dt.convert_time_zone(zone).dt.date())
        for zone in session_events["timezone"].unique()
    )
    visit = "visit_no"
    placed = session_events.drop("user_id").join(sessions, on="session_no").with_columns(
        os=pl.when(col("os").is_in(["other", "unknown"])).then("session_os").otherwise("os"), local_date=dates,
        item=pl.coalesce(col("content_type") + ":" + col("content_id"), "module"),
    ).drop("session_os", "session_no", "is_start", "timezone", "timeout", "device_id").sort(
        visit, "occurred_at", "message_id"
    )

    def last_one(name: str) -> pl.Expr:
        return pl.when("is_interaction").then(col(name)).forward_fill().shift(1).over(visit)

    following = {name: col(name).shift(-1).over(visit) for name in ("kind", "content_type", "content_id")}
    next_at = col("occurred_at").shift(-1).over(visit)
    return placed.with_columns(
        next_at=next_at, module_before=last_one("module"), item_before=last_one("item"),
        is_reopened_next=(
            (following["kind"] == "view") & (following["content_type"] == col("content_type"))
            & (following["content_id"] == col("content_id")) & (next_at <= col("occurred_at") + 2 * SECOND)
        ).fill_null(False),
    ).with_columns(
        engaged_ms=pl.when(col("next_at").is_null()).then(0)
        .otherwise(pl.min_horizontal(col("next_at") - col("occurred_at"), col("idle_cap") * SECOND)),
        module_step=(col("is_interaction") & col("module_before").ne_missing(col("module"))).cum_sum().over(visit),
        content_step=(col("is_interaction") & col("item_before").ne_missing(col("item"))).cum_sum().over(visit),
    ).drop("module_before", "item_before")


def content_views(events: pl.DataFrame) -> pl.DataFrame:
    key = ["workspace_id", "actor_id", "content_type", "content_id"]
    is_view = col("kind") == "view"
    since_view = col("occurred_at") - pl.when(is_view).then("occurred_at").forward_fill().shift(1).over(key)
    numbered = events.filter(
        col("content_type").is_not_null() & col("content_id").is_not_null() & col("kind").is_in(["view", "heartbeat"])
    ).sort(*key, "occurred_at", "message_id").with_columns(
        is_opening=is_view & (since_view > 2 * SECOND).fill_null(True),
    ).with_columns(
        view_no=col("is_opening").cum_sum().over(key),
        opening_visit=pl.when("is_opening").then("visit_no").forward_fill().over(key),
    ).filter(col("view_no") > 0)
    in_visit = col("visit_no") == col("opening_visit")
    views = numbered.group_by(*key, "view_no").agg(
        user_id=col("user_id").max(), os=col("os").filter("is_opening").max(), idle_cap=col("idle_cap").first(),
        local_date=col("local_date").filter("is_opening").max(), viewed_at=col("occurred_at").min(),
        client_ms=col("client_ms").filter(is_view).max(),
        beat_at=col("occurred_at").filter((col("kind") == "heartbeat") & in_visit).max(),
        left_at=col("next_at").filter(is_view & in_visit & ~col("is_reopened_next")).max(),
    )
    longest = col("idle_cap") * SECOND
    left = pl.when(col("left_at").is_not_null()).then(pl.min_horizontal(col("left_at") - col("viewed_at"), longest))
    own = ((col("content_type") == "user") & (col("content_id") == col("user_id"))).fill_null(False)
    return views.filter(~own).select(
        *key, "user_id", "os", "local_date", "viewed_at",
        pl.coalesce("client_ms", col("beat_at") - col("viewed_at"), left).alias("viewed_ms"),
    )


def path_links(events: pl.DataFrame, visits: pl.DataFrame, tests: pl.DataFrame) -> pl.DataFrame:
    steps = pl.concat(
        events.filter(col(f"{level}_step").is_between(1, 11)).group_by("visit_no", step=col(f"{level}_step")).agg(
            item=col(name).filter("is_interaction").max(), interactions=col("is_interaction").sum(),
            ms=col("engaged_ms").sum(),
        ).with_columns(level=lit(level))
        for level, name in (("module", "module"), ("content", "item"))
    ).sort("level", "visit_no", "step").with_columns(next_item=col("item").shift(-1).over("level", "visit_no"))
    return steps.filter(col("step") <= 10).join(visits, on="visit_no").join(
        tests, on=["workspace_id", "user_id"], how="anti"
    ).with_columns(
        target=pl.when(col("step") < 10).then("next_item"),
        target_kind=pl.when(col("next_item").is_null()).then(lit("exit")).when(col("step") == 10)
        .then(lit("continues")).otherwise(lit("item")),
    ).group_by("workspace_id", "local_date", "level", "step", "item", "target", "target_kind").agg(
        visits=pl.len(), users=col("user_id").drop_nulls().n_unique(), interactions=col("interactions").sum(),
        ms=col("ms").sum(),
    )


def main(landing: Path, out: Path) -> dict[str, float]:
    out.mkdir(parents=True, exist_ok=True)
    began, seconds = time.perf_counter(), {}

    def lap(name: str) -> None:
        seconds[name] = round(time.perf_counter() - began - sum(seconds.values()), 2)

    workspaces = newest(landing, "workspaces", ["workspace_id"]).select(
        "workspace_id", col("timezone").fill_null("UTC"),
        timeout=col("visit_timeout_minutes").fill_null(30).cast(pl.Int64) * 60 * SECOND,
        idle_cap=col("idle_cap_seconds").fill_null(300).cast(pl.Int64),
    )
    tests = newest(landing, "participants", ["workspace_id", "user_id"]).filter("is_test")[["workspace_id", "user_id"]]
    session_events = add_sessions(read_events(landing, workspaces))
    lap("session_events")
    sessions = make_visits(session_events)
    lap("sessions")
    placed = place_in_visits(session_events, sessions)
    del session_events, sessions
    lap("visit_events")
    interactions = col("is_interaction")
    visits = placed.group_by("visit_no").agg(
        col("workspace_id", "actor_id", "user_id").first(), started_at=col("occurred_at").min(),
        ended_at=col("occurred_at").max(), local_date=col("local_date").first(), events=pl.len(),
        interactions=interactions.sum(), engaged_ms=col("engaged_ms").sum(),
        entry_module=col("module").filter(interactions).first(), exit_module=col("module").filter(interactions).last(),
    )
    visits.drop("visit_no").write_parquet(out / "visits.parquet")
    lap("visits")
    placed.group_by("workspace_id", "actor_id", "local_date", "module", "os", "visit_no").agg(
        interactions=interactions.sum(), views=(col("kind") == "view").sum(), engaged_ms=col("engaged_ms").sum(),
    ).group_by("workspace_id", "actor_id", "local_date", "module", "os").agg(
        col("interactions", "views", "engaged_ms").sum(), visits=(col("interactions") > 0).sum(),
    ).write_parquet(out / "features.parquet")
    lap("features")
    content_views(placed).write_parquet(out / "content_views.parquet")
    lap("content_views")
    of_visit = visits.select("visit_no", "workspace_id", "local_date", "user_id")
    path_links(placed, of_visit, tests).write_parquet(out / "path_links.parquet")
    lap("path_links")
    return seconds | {"total": round(time.perf_counter() - began, 2)}


if __name__ == "__main__":
    print(json.dumps({"polars": pl.__version__, "seconds": main(Path(sys.argv[1]), Path(sys.argv[2]))}))
