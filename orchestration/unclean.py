"""The error of an erasure that is not at its end, in whichever way the run was started that finished it."""

from typing import TYPE_CHECKING

from footfall.core.errors import FootfallError

if TYPE_CHECKING:
    from orchestration.erase_people import Outcome


def unclean(outcome: "Outcome | None") -> FootfallError | None:
    """The error of an erasure whose search found data at its end; None without."""
    if outcome is None or outcome.is_clean:
        return None
    search = outcome.receipt["search"]
    number = f"lake/erasures/{outcome.receipt['number']:06d}"
    if search["questions"] and not search["found"] and not search["lake_rows"]:
        return FootfallError(
            f"An erasure is complete, except for {search['questions']:,} titles of the organiser that name the people.",
            where=f"{number}.questions.csv",
            hint="Write keep or erase into its column decision and run `footfall erase --resume --decisions FILE`, or "
            "answer for all of them: `footfall erase --resume --titles keep` (or erase).",
        )
    places = list(search["found"])
    more = f" and {len(places) - 3:,} more" if len(places) > 3 else ""
    return FootfallError(
        "An erasure is complete, but the search at its end found data of the erased people.",
        where=", ".join(places[:3]) + more if places else "rows of the lake",
        hint=f"See {number}.json for all places. Edit or remove these files, run "
        "`footfall run`, then `footfall erase --resume`.",
    )
