"""Does the comparison of the report with the metric layer see anything? Bugs planted in cells, sums, rows and program.

Not part of the suite, since each bug makes a report of its own: ``make bugs``. docs/testing.md says what was found.
"""

from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest

from exports.report import assemble, extract, paths
from exports.report.build import write_report
from footfall.metrics.question import limits
from tests.browser.conftest import Reader
from tests.browser.test_report_numbers import assert_right, assert_right_about, ranges


@dataclass(frozen=True)
class Bug:
    """A text in a file of ``exports/report`` and what stands there instead."""

    claim: str
    file: str
    right: str
    wrong: str


BUGS = (
    Bug("cells: nobody was there before", "cells.py", "0, day[:-1])", "0, 0)"),
    Bug("cells: a day of another person was before", "cells.py", "is_new(owner)[1:]", "is_new(owner >> who_bits)[1:]"),
    Bug("cells: two people are one", "cells.py", "who.astype(kind))", "who.astype(kind) >> 1)"),
    Bug("reader: a previous day at the start is before it", "static/cells.js", "previous[i] < days.first",
        "previous[i] <= days.first"),
    Bug("reader: the last day is left out", "static/cells.js", "day[i] <= days.last &&", "day[i] < days.last &&"),
    Bug("reader: sums have another last day", "static/cells.js", "day >= days.first && day <= days.last",
        "day >= days.first && day < days.last"),
    Bug("reader: who did both is who did either", "static/cells.js", "value + other[key] - either[key]", "either[key]"),
    Bug("modules: heartbeats are use", "sql/families/modules.sql", "where u.interactions > 0", "where true"),
    Bug("modules: reach forgets who was active without", "sql/families/module_or_active.sql", "where not is_guest",
        "where false"),
    Bug("visits: guests are users", "sql/families/active.sql", "v.is_guest::integer", "0"),
    Bug("visits: durations are engaged times", "sql/sums/durations.sql", "v.elapsed_ms as ms", "v.engaged_ms as ms"),
    Bug("histories: one user is two", "sql/sums/histories.sql", "(generate_subscripts(n.history, 1) = 1)",
        "(generate_subscripts(n.history, 1) in (1, if(n.place % 9 = 0, 2, 1)))"),
    Bug("frequency: a median gap at the end of a band is in the next", "static/answers.js",
        "median <= (up_to ?? Infinity)", "median < (up_to ?? Infinity)"),
    Bug("forms: submitting is not counted with opening", "sql/families/form_either.sql", "from report_submissions as s",
        "from report_submissions as s where false"),
    Bug("content: unknown seconds are known", "sql/sums/item_days.sql", "count(v.ms)", "count(*)"),
    Bug("content: guests are users", "sql/families/items.sql", "v.user_no as who", "coalesce(v.user_no, 0) as who"),
    Bug("search: no known number of results is none", "sql/sums/term_days.sql", "where s.results = 0",
        "where coalesce(s.results, 0) = 0"),
    Bug("sponsors: the own team is an audience", "sql/relations/14__report_contacts.sql",
        "anti join scope_staff as s on d.sponsor_id = s.sponsor_id and d.user_no = s.user_no", ""),
    Bug("streams: after the end is live", "sql/families/viewers.sql", "from_us < ends_us and", ""),
    Bug("streams: a minute is one too long", "sql/sums/stream_minutes.sql", "last_minute + 1 as to_minute",
        "last_minute + 2 as to_minute"),
    Bug("paths: items that may be named are not", "paths.py", "axis=1).sum(axis=0) < TOP", "axis=1).sum(axis=0) < 3"),
    Bug("paths: continuing is leaving", "paths.py", "exit_no, EXIT, CONTINUES)", "exit_no, EXIT, EXIT)"),
    Bug("paths: guests are a user", "paths.py", "is_named = (user > 0)", "is_named = (user >= 0)"),
    Bug("paths: a flow has the sums of a day only", "paths.py", "is_flow | is_new(day)", "is_flow"),
    Bug("paths: interactions are those beyond the visits", "static/paths.js",
        "interactions: visits + by.interactions[i]", "interactions: by.interactions[i]"),
    Bug("paths: twenty-one items are named", "static/paths.js", "order.slice(0, TOP)", "order.slice(0, TOP - 1)"),
    Bug("top users: last seen is 61 minutes late", "sql/people/user_days.sql", "minute from u.last_local) + 1",
        "minute from u.last_local) + 62"),
    Bug("top users: engaged is elapsed", "sql/people/user_days.sql", "coalesce(v.engaged_ms, 0)::bigint as engaged",
        "coalesce(v.elapsed_ms, 0)::bigint as engaged"),
    Bug("one user: heartbeats are visits of a module", "static/people.js", "if (n[row]) one.visits", "one.visits"),
    Bug("one user: the path of another", "sql/people/own_paths.sql", "order by v.visit, s.step", "order by v.visit"
        " desc, s.step"),
    Bug("meetings: unknown attendance is nobody", "static/answers.js", "known = value => (value ? value - 1 : null)",
        "known = value => (value ? value - 1 : 0)"),
    Bug("times: interactions by day are an hour's", "static/answers.js", "place * 24 + hour[i] : place",
        "place * 24 + hour[i] : place + (hour[i] > 22)"),
)


def plant(bug: Bug, patch: pytest.MonkeyPatch) -> None:
    """Have the report read the file with the bug in it."""
    path = Path(extract.__file__).parent / bug.file
    text = path.read_text(encoding="utf-8")
    assert text.count(bug.right) >= 1, f"{bug.file} has other text now: plant this bug again"
    changed = text.replace(bug.right, bug.wrong, 1)
    if path.suffix == ".py":
        made: dict[str, object] = {}
        exec(compile(changed, path, "exec"), made)
        for module, name in ((extract, "cells"), (extract, "path_tables"), (paths, "cells")):
            patch.setattr(module, name, made.get(name, getattr(module, name)))
    elif path.suffix == ".sql":
        texts = extract.sql_texts
        name = path.stem.split("__")[-1]
        patch.setattr(extract, "sql_texts", lambda folder: (
            texts(folder) | ({name: changed} if folder == path.parent.name else {})
        ))
    else:
        static = assemble.static
        patch.setattr(assemble, "static", lambda name: changed if name == path.name else static(name))


@pytest.mark.parametrize("bug", BUGS, ids=[bug.claim for bug in BUGS])
def test_a_planted_bug_is_found(
    bug: Bug, con: duckdb.DuckDBPyConnection, tmp_path: Path, reader: Reader, monkeypatch: pytest.MonkeyPatch,
) -> None:
    plant(bug, monkeypatch)
    write_report(con, "expo", None, None, tmp_path / "wrong.html")
    reader.open(tmp_path / "wrong.html", "users")
    first, last = limits(con, "expo")
    spans = ranges(first, last, 6)
    ids = reader.page.evaluate("Footfall.meta.users.ids")
    with pytest.raises(AssertionError):
        assert_right(reader, con, "expo", spans)
        for number in range(8):
            assert_right_about(reader, con, number, ids[number], [(first, last)])
