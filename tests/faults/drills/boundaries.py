"""Every call after which something is durable or visible, in the order in which a night or an erasure makes them."""

NIGHT = (
    "orchestration.damage.VerifiedFiles.save",
    "orchestration.run_job.mark_started",
    "orchestration.dagster_instance.reconcile",
    "footfall.ingestion.commit._run_stages",
    "footfall.ingestion.commit.write_repaired",
    "footfall.ingestion.commit.write_commit",
    "footfall.core.durable.sync",
    "footfall.ingestion.load.sweep",
    "orchestration.defs.transform.assets.build",
    "footfall.publishing.publish.make_file",
    "footfall.publishing.publish.read_content",
    "footfall.publishing.publish.compare",
    "footfall.publishing.publish.record_run",
    "footfall.publishing.publish.write_ops",
    "footfall.publishing.publish.write_parquet",
    "footfall.publishing.publish.validate",
    "footfall.publishing.publish.write_checksums",
    "footfall.publishing.versions.complete",
    "footfall.publishing.versions._point",
    "footfall.publishing.versions.swap",
    "footfall.publishing.versions.sweep",
    "exports.folder.write_folder.write_manifest",
    "exports.folder.replace_folder._put",
    "exports.build_all.write_index",
    "orchestration.run_context.mark_finished",
    "orchestration.run_context.verify_written",
)
PUBLISHING = tuple(name for name in NIGHT if name.startswith("footfall.publishing."))
#: What the readers see changes with this one.
SWAP = "footfall.publishing.versions.swap"
ERASURE = (
    "orchestration.erase_people.write_intent",
    "orchestration.erase_people.make_plan",
    "orchestration.erase_people.write_tombstones",
    "footfall.erasure.lake.write_commit",
    "orchestration.erase_people.rewrite_lake",
    "footfall.ingestion.landing_erasure.erase_landing.note_clean_forms",
    "orchestration.erase_people.erase_from_all_files",
    "footfall.erasure.clear.clear_exports",
)
