"""The bare night in Spark `local[2]`: the same answers as ``benchmarks/bare_night.sql``.

    .venv-spark/bin/python benchmarks/compare/spark_night.py LANDING OUT

Each statement of the SQL files is a view of the name in the comment above it. They have no `with`: Spark 4.1 cannot
plan such a statement over views that have one too.
"""

import json
import sys
import time
from pathlib import Path

import pyspark
from pyspark.sql import SparkSession

CATALOG = Path(__file__).parents[2] / "dbt_project" / "seeds" / "event_catalog.csv"
SCHEMA = (
    "messageId string, type string, event string, name string, userId string, anonymousId string, timestamp timestamp, "
    "originalTimestamp timestamp, sentAt timestamp, receivedAt timestamp, channel string, context struct<groupId: "
    "string, device: struct<id: string>, os: struct<name: string>, consent: struct<categoryPreferences: "
    "struct<Analytics: boolean>>>, properties struct<module: string, content_type: string, content_id: string, "
    "duration_seconds: double>"
)
ENTITIES = {
    "workspaces": "workspace_id string, timezone string, visit_timeout_minutes bigint, idle_cap_seconds bigint, "
    "updated_at string",
    "participants": "workspace_id string, user_id string, is_test boolean, updated_at string",
}
#: Views that several others read.
KEPT = ("session_events", "sessions", "visit_events", "visits")


def statements(name: str) -> list[str]:
    text = (Path(__file__).parent / name).read_text(encoding="utf-8")
    return [part for part in text.split(";\n") if part.strip()]


def main(landing: Path, out: Path) -> dict[str, float]:
    began = time.perf_counter()
    spark = (
        SparkSession.builder.master("local[2]").config("spark.sql.session.timeZone", "UTC")
        .config("spark.sql.shuffle.partitions", "8").config("spark.driver.memory", "6g")
        .config("spark.ui.enabled", "false").config("spark.sql.ansi.enabled", "false").getOrCreate()
    )
    spark.sparkContext.setLogLevel("ERROR")
    seconds = {"start": round(time.perf_counter() - began, 2)}
    spark.read.schema(SCHEMA).json(f"{landing}/events/*/*.jsonl.gz").createOrReplaceTempView("raw")
    for entity, columns in ENTITIES.items():
        spark.read.schema(columns).json(f"{landing}/entities/*/{entity}.jsonl").createOrReplaceTempView(f"raw_{entity}")
    spark.read.option("header", True).csv(str(CATALOG)).createOrReplaceTempView("catalog")
    for statement in statements("spark_night.sql") + statements("spark_night_answers.sql"):
        started = time.perf_counter()
        name = next(line[3:] for line in statement.splitlines() if line.startswith("-- ") and ":" not in line)
        frame = spark.sql(statement)
        frame = frame.cache() if name in KEPT else frame
        frame.createOrReplaceTempView(name)
        if name in ("visits", "features", "content_views", "path_links"):
            frame.drop("visit").write.mode("overwrite").parquet(str(out / f"{name}.parquet"))
            seconds[name] = round(time.perf_counter() - started, 2)
    spark.stop()
    return seconds | {"total": round(time.perf_counter() - began, 2)}


if __name__ == "__main__":
    took = main(*(Path(path).resolve() for path in sys.argv[1:3]))
    print(json.dumps({"spark": pyspark.__version__, "seconds": took}))
