"""Landing files to the lake (docs/contract.md, sections 2, 3 and 5).

The way of a line, one folder a stage: `landing` (which files) -> `formats` (read, parse) -> `validation` ->
`exclusion` (keep out: consent, erased people) -> `deduplication` -> `lake` (write) -> `ledger`.
`load` chooses the files, `commit` takes those of one load date through all stages, `load_events` and `load_entities`
are the stages of each kind. `landing_erasure` removes erased people from landing files.
"""
