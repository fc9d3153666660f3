"""What follows from all published cells together: found by elimination, and suppressed until nothing follows."""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import combinations

import duckdb
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from footfall.metrics.disclosure.elimination import Reduced, equation_about_few, reduce
from footfall.metrics.disclosure.equations import Equations, Hidden, Part
from footfall.metrics.disclosure.labels import OTHER
from footfall.metrics.disclosure.remedy import remedy
from footfall.metrics.layer import answer
from footfall.metrics.question import Question
from tests.support.published import event, published_from

EXPO = Question("expo")


@given(st.data())
@settings(max_examples=150, deadline=None)
def test_an_equation_about_few_people_is_found_where_there_is_one(data: st.DataObject) -> None:
    columns, rows = data.draw(st.integers(1, 6)), data.draw(st.integers(1, 5))
    numbers = st.lists(st.integers(-1, 2), min_size=columns, max_size=columns)
    matrix = np.array(data.draw(st.lists(numbers, min_size=rows, max_size=rows)), dtype=np.int64)
    people = data.draw(st.lists(st.frozensets(st.integers(0, 4), min_size=1, max_size=2), min_size=columns,
                                max_size=columns))
    k = data.draw(st.integers(2, 4))
    reduced = reduce(matrix, range(columns))
    space = Reduced(reduced.rows, reduced.weights, reduced.pivots)
    found = equation_about_few(space, people, k, lambda _: True)
    expected = any(
        rank(matrix) > rank(matrix[:, [c for c in range(columns) if not people[c] <= set(few)]])
        for few in combinations(range(5), k - 1)
    )
    assert (found is not None) == expected
    if found is not None:
        made = found @ matrix
        assert made.any()
        assert len(frozenset().union(*(people[c] for c in np.flatnonzero(made)))) < k


def rank(matrix: np.ndarray) -> int:
    """The rank, over fractions."""
    rows, found = [[Fraction(int(value)) for value in row] for row in matrix], 0
    for column in range(matrix.shape[1]):
        pivot = next((row for row in range(found, len(rows)) if rows[row][column]), None)
        if pivot is None:
            continue
        rows[found], rows[pivot] = rows[pivot], rows[found]
        for row in range(found + 1, len(rows)):
            factor = rows[row][column] / rows[found][column]
            rows[row] = [a - factor * b for a, b in zip(rows[row], rows[found], strict=True)]
        found += 1
    return found


def test_numbers_of_more_than_64_bits_stay_exact() -> None:
    size = 12
    matrix = np.random.default_rng(1).integers(-999, 999, (size, size + 1))
    reduced = reduce(matrix, range(size))
    assert reduced.rows.dtype == object, "large enough to leave 64 bits"
    assert (reduced.weights @ matrix.astype(object) == reduced.rows).all()
    assert len(reduced.rows) == rank(matrix)


def part(group: str, cells: str, n: int, people: Sequence[int] | None) -> Part:
    found = tuple(tuple(cell.rsplit("=", 1)) for cell in cells.split())
    return Part(group, found, n, None if people is None else frozenset(people))


def test_a_total_minus_several_families_is_an_equation() -> None:
    parts = [
        part("modules", "openings=all content:page=a", 9, None),
        part("modules", "openings=all content:form=b", 8, None),
        part("modules", "openings=all content:user=c", 2, [1]),
    ]
    hidden = Hidden(withdrawn={"content:user"})
    (found,) = Equations(parts, 5).findings(hidden)
    assert found == {("openings", "all"): 1, ("content:page", "a"): -1, ("content:form", "b"): -1}
    assert remedy(found, dict.fromkeys(found, 9)) == ("withdraw", ("openings", "*"))
    hidden.withdrawn.add("openings")
    assert Equations(parts, 5).findings(hidden) == []


def test_hidden_links_are_not_solved_from_the_items_at_both_ends() -> None:
    """Three sources, three targets: the margins give one hidden link, by rows and columns together only."""
    parts = [
        part("step:module:1", "items:module:1=a links:module:1=ax items:module:2=x", 9, None),
        part("step:module:1", "items:module:1=a links:module:1=ay items:module:2=y", 2, [1]),
        part("step:module:1", "items:module:1=b links:module:1=by items:module:2=y", 9, None),
        part("step:module:1", "items:module:1=b links:module:1=bx items:module:2=x", 2, [2, 3, 4]),
    ]
    hidden = Hidden(cells={("links:module:1", "ay"), ("links:module:1", "bx")})
    found = Equations(parts, 3).findings(hidden)
    assert found, "a minus its link to x"
    steps = {remedy(one, {("links:module:1", "ax"): 5, ("links:module:1", "by"): 5, ("links:module:1", OTHER): 4,
                          ("items:module:1", "a"): 6, ("items:module:1", "b"): 8, ("items:module:2", "x"): 8,
                          ("items:module:2", "y"): 6}) for one in found}
    hidden.cells |= {cell for _, cell in steps}
    assert {kind for kind, _ in steps} == {"suppress"}
    hidden.cells |= {("links:module:1", "ax"), ("links:module:1", "by")}
    assert Equations(parts, 3).findings(hidden) == []


def test_a_step_whose_last_items_are_not_shown_is_solved_together_with_the_next() -> None:
    """What flows into the items that are not shown flows out of them: two steps hang together there."""
    parts = [
        part("step:module:1", "items:module:1=a links:module:1=ax items:module:2=x", 9, None),
        part("step:module:1", "items:module:1=a links:module:1=ay items:module:2=y", 9, None),
        part("step:module:1", "items:module:1=a links:module:1=a-", 2, [1]),
        part("step:module:2", "items:module:2=x links:module:2=x-", 9, None),
        part("step:module:2", "items:module:2=y links:module:2=y-", 9, None),
    ]
    hidden = Hidden(cells={("links:module:1", "a-"), ("links:module:1", "ay"), ("items:module:2", "y")},
                    withheld={"items:module:2"})
    found = Equations(parts, 3).findings(hidden)
    assert found and all(("links:module:2", "y-") in one for one in found), "y is shown by what leaves it"
    hidden.withdrawn.add("links:module:2")
    assert Equations(parts, 3).findings(hidden) == []


@pytest.mark.parametrize(("n", "follows"), [(2, True), (3, False)])
def test_as_many_hidden_days_as_interactions_have_one_each(n: int, follows: bool) -> None:
    parts = [part("days", "total=all day=d1", 9, None), part("days", "total=all day=d2", 1, [1]),
             part("days", "total=all day=d3", n - 1, [2])]
    hidden = Hidden(cells={("day", "d2"), ("day", "d3")})
    assert bool(Equations(parts, 2).findings(hidden)) == follows


def workspace(k: int) -> duckdb.DuckDBPyConnection:
    """Sixteen people who opened documents and sessions; one of them opened a form too, and a profile."""
    events = [
        event(f"2026-06-02T10:{minute:02}:00", name, f"u{user}", f"{name[0]}{item}")
        for user in range(16)
        for minute, (name, item) in enumerate((("Document Opened", user % 3), ("Session Viewed", user % 2)))
    ]
    events += [event(f"2026-06-02T10:1{n}:00", "Form Opened", "u11", "f1") for n in range(3)]
    events += [event("2026-06-02T10:15:00", "Profile Viewed", "u11", "u3")]
    return published_from(
        events, participants=[{"user_id": f"u{user}"} for user in range(16)],
        workspaces=[{"name": "Expo", "timezone": "UTC", "anonymization": "full", "min_group_size": k}],
        content=[{"content_type": kind, "content_id": key, "title": key} for kind, key in (
            ("document", "D0"), ("document", "D1"), ("document", "D2"), ("agenda_session", "S0"),
            ("agenda_session", "S1"), ("form", "f1"))],
    )


def test_all_openings_minus_the_tables_of_content_are_not_about_one_person() -> None:
    with workspace(5) as con:
        (about,) = answer(con, "data_facts", EXPO).to_pylist()
        shown = answer(con, "content_items", EXPO).to_pylist()
        (insights,) = answer(con, "insights", EXPO).to_pylist()
    assert {row["content_id"] for row in shown} == {"D0", "D1", "D2"}, "sessions are the rest of a module"
    assert about["content_views"] is None
    assert (insights["active_users"], insights["visits"]) == (16, 16), "numbers of the whole stay"


def test_openings_are_counted_where_a_group_may_be_one_person() -> None:
    with workspace(1) as con:
        (about,) = answer(con, "data_facts", EXPO).to_pylist()
    assert about["content_views"] == 35


def visits(lengths: Sequence[tuple[str, int]]) -> Iterator[dict]:
    """A visit of each user with that many modules, one after the other."""
    names = ("Session Viewed", "Document Opened", "Speaker Viewed", "Sponsor Viewed")
    for user, steps in lengths:
        for step in range(steps):
            yield event(f"2026-06-02T10:{step:02}:00", names[step % 4], user, "one")


def test_visits_that_end_at_a_step_are_not_known_where_they_are_of_few_people() -> None:
    """All visits at step 1 minus all visits at step 2 are those that ended in between: of two people here."""
    lengths = [("u0", 1), ("u1", 1), *((f"u{n}", 2) for n in range(2, 20))]
    expo = [{"name": "Expo", "timezone": "UTC", "anonymization": "full", "min_group_size": 3}]
    people = [{"user_id": user} for user, _ in lengths]
    with published_from(visits(lengths), participants=people, workspaces=expo) as con:
        items = answer(con, "path_items", EXPO).to_pylist()
    at = {(row["level"], step): sum(r["visits"] for r in items if (r["level"], r["step"]) == (row["level"], step))
          for row in items for step in (1, 2)}
    assert at["module", 1] == 20, "the first step stays"
    assert at["module", 1] - at["module", 2] not in (1, 2)


def test_the_sum_of_active_days_does_not_give_the_users_of_two_hidden_numbers_of_days() -> None:
    days = [1] * 9 + [2] * 8 + [3] * 2 + [4] * 3
    parts = [
        part("people", f"active=all frequency:active_days={d} weight={d}", days.count(d),
             [n for n, one in enumerate(days) if one == d] if days.count(d) < 4 else None) for d in (1, 2, 3, 4)
    ]
    hidden = Hidden(cells={("frequency:active_days", "3"), ("frequency:active_days", "4")})
    (found,) = Equations(parts, 4).findings(hidden)
    assert found["activity_group", "*"], "3a + 4b and a + b give a and b"
    people = {("active", "all"): 22, ("frequency:active_days", "1"): 9, ("frequency:active_days", "2"): 8,
              ("frequency:active_days", OTHER): 5, ("activity_group", "0"): 22}
    assert remedy(found, people) == ("suppress", ("frequency:active_days", "2"))
    hidden.cells.add(("frequency:active_days", "2"))
    assert Equations(parts, 4).findings(hidden) == []
    hidden = Hidden(cells=hidden.cells - {("frequency:active_days", "2")}, withdrawn={"activity_group"})
    assert Equations(parts, 4).findings(hidden) == []


def test_an_equation_that_holds_anyway_does_not_hide_one_that_shows_something() -> None:
    """Both levels have the same visits at their first step, however many, and one visit more at the second of one."""
    lengths = ("items:module:1=* items:content:1=* items:module:2=* items:content:2=*", "items:module:1=* "
               "items:content:1=* items:content:2=*", "items:module:1=* items:content:1=*")
    parts = [part("lengths", cells, n, people) for cells, n, people in zip(
        lengths, (9, 1, 2), (None, [1], [2, 3]), strict=True)]
    for level, ends, people in (("module", 3, None), ("content", 2, [2, 3])):
        first, second = (f"items:{level}:{step}=* items:{level}:{step}=a" for step in (1, 2))
        parts += [part(f"step:{level}:1", f"{first} {second} links:{level}:1=aa", 12 - ends, None),
                  part(f"step:{level}:1", f"{first} links:{level}:1=a-", ends, people)]
    hidden = Hidden(cells={("links:module:1", "a-"), ("links:content:1", "a-"), ("links:module:1", "aa"),
                           ("links:content:1", "aa")}, withdrawn={"items:content:2"})
    assert Equations(parts, 3).findings(hidden) == []
    hidden.withdrawn.clear()
    assert Equations(parts, 3).findings(hidden)
