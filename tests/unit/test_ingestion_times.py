"""Times as clients write them: every form of ISO 8601 and RFC 3339, and what is no time."""

from datetime import datetime
from pathlib import Path

from tests.support.lake import Lake, line

#: Text of a time and the time it is, in UTC; None: it is none.
FORMS = {
    "2026-11-02t10:00:00z": "2026-11-02T10:00", "20261102T100000Z": "2026-11-02T10:00",
    "2026-W45-1": "2026-11-02T00:00", "2026W451T10": "2026-11-02T10:00", "2026-306": "2026-11-02T00:00",
    "2026306T100000Z": "2026-11-02T10:00", "2026-11-01T24:00": "2026-11-02T00:00",
    "2026-11-02T10:00:00,5Z": "2026-11-02T10:00:00.500000", "2026-11-02T10:00:60Z": "2026-11-02T10:01",
    "2026-11-02T10.5Z": "2026-11-02T10:30", "2026-11-02T10:30.5Z": "2026-11-02T10:30:30",
    "2026-11-02T10:00:00.123456789Z": "2026-11-02T10:00:00.123456",
    "2026-11-02T10:00:00+0530": "2026-11-02T04:30", "2026-11-02T10:00:00+05": "2026-11-02T05:00",
    "2026-11-02T10:00:00\u221205:00": "2026-11-02T15:00", "2026-11-02T10:00:00 +01:00": "2026-11-02T09:00",
    "2026-11-02T10:00:00-00:00": "2026-11-02T10:00", "2026-11-02T10:00:00+23:59": "2026-11-01T10:01",
    "\u200b2026-11-02T10:00:00Z ": "2026-11-02T10:00", "2026-11-02 10:00:00 UTC": "2026-11-02T10:00",
    "2026-11-02T10:00:00+24:00": None, "2026-11-02T10:00:00+99:99": None, "2026-11-02T10:00:00-05:60": None,
    "20261102T100000+2400": None, "2026-11-02T10:00:00,5+99": None,
    "2026-11-02T25:00:00Z": None, "2026-02-30": None, "2026-366": None, "-2026-11-02T10:00:00Z": None,
    "0000-00-00 00:00:00": None, "infinity": None, "now": None, "10:00:00": None, "1793613600": None,
}


def test_every_form_of_a_time_is_read_as_the_time_it_is(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    only = dict.fromkeys(("originalTimestamp", "sentAt", "receivedAt"))
    lake.land("a.jsonl", [line(f"m{place}", timestamp=text, **only) for place, text in enumerate(FORMS)])
    lake.load()
    found = {key: row["occurred_at"] for (_, key), row in lake.live().items()}
    assert {text: found.get(f"m{place}") for place, text in enumerate(FORMS)} == {
        text: time and datetime.fromisoformat(time) for text, time in FORMS.items()
    }
    assert set(lake.reasons().values()) == {"bad_timestamp"}
