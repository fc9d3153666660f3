"""Who counts, as a condition on rows of the published tables: for whatever takes rows out of them.

Test accounts never count; where a workspace has target groups, only people of these groups do, and no guests
(docs/decisions/0006). Facts in the warehouse hold everyone, so that a setting can change back; totals (``agg_…``) and
answers hold those who count. This is the same rule for a copy of the facts.
"""

from collections.abc import Collection

#: Tables about meetings, which have participants in a table of their own.
_MEETINGS = frozenset({"fct_meetings", "fct_meeting_history"})


def counted_rows(table: str, columns: Collection[str], schema: str = "marts") -> str:
    """SQL condition on rows ``fact`` of ``table``: those about people who count; ``true`` for what is not about people.

    A person whom ``dim_participants`` does not have was taken out of it, with all that had to go; what is left stays.
    ``dim_participants`` itself keeps everyone and says who counts (``is_targeted``).

    Args:
        table: name of a published table, without its schema.
        columns: its columns.
        schema: where ``dim_workspaces`` and ``dim_participants`` are found.
    """
    if table in _MEETINGS:
        # where everyone counts, also meetings whose participants nobody knows
        return (
            f"({_guests_count(schema)} or exists (select 1 from {schema}.fct_meeting_participants as part "
            "where part.workspace_id = fact.workspace_id and part.meeting_id = fact.meeting_id "
            f"and {_counts('part', schema)}))"
        )
    if table.startswith("fct_") and {"workspace_id", "user_id"} <= set(columns):
        return _counts("fact", schema)
    return "true"


def _counts(relation: str, schema: str) -> str:
    return (
        f"case when {relation}.user_id is null then {_guests_count(schema, relation)} else not exists (select 1 "
        f"from {schema}.dim_participants as person where person.workspace_id = {relation}.workspace_id "
        f"and person.user_id = {relation}.user_id and not person.is_targeted) end"
    )


def _guests_count(schema: str, relation: str = "fact") -> str:
    return (
        f"exists (select 1 from {schema}.dim_workspaces as place "
        f"where place.workspace_id = {relation}.workspace_id and place.counts_guests)"
    )
