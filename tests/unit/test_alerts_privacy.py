"""No alert holds anything of a person: whatever lines, files, workspaces, erasures and errors of a home are called."""

import json
import os
import uuid
from collections.abc import Callable
from pathlib import Path

import pytest

from footfall.alerts.alert import KINDS
from footfall.core.state_files import write_json
from footfall.ingestion.load import load
from tests.conftest import Answer
from tests.support.alert_receivers import mail_receiver, web_receiver
from tests.support.lake import DAY, Lake, line

Command = Callable[..., Answer]
#: Parts of ids, names, addresses, terms and texts that the home is full of.
NEEDLES = ("anna", "müller", "mueller", "s3arch", "u-4711", "device-77", "corp.example")


def _fill(lake: Lake) -> None:
    """A home in which most conditions hold, and every name is one of a person."""
    person = {
        "userId": "u-4711", "context": {"groupId": "anna.mueller@corp.example", "device": {"id": "device-77"}},
        "properties": {"query": "s3arch anna", "duration_seconds": "müller"},
    }
    good = [line(f"anna{number}", **person) for number in range(4)]
    lake.land("Anna Müller.jsonl", [*good, '{"userId": "u-4711", "email": "anna@corp.example"', "müller"])
    lake.land("anna.mueller.parquet", b"PAR1 cut")
    participant = {"workspace_id": "anna.mueller@corp.example", "user_id": "", "email": "anna"}
    lake.land("participants_anna.jsonl", [participant], kind="entities")
    load(lake.home, lake.settings, run_id=str(uuid.uuid4()))
    lake.land("Anna Müller.jsonl", [*good, line("anna9", **person)])
    write_json(lake.home.current, {"held_back": [
        {"workspace_id": "anna.mueller@corp.example", "load_date": DAY, "source": "events"}
    ], "load_date": DAY, "lake_seq": 1})
    write_json(lake.home.lake / "erasures" / "000001.open.json", {"people": [["expo", "u-4711"]]})
    write_json(lake.home.warehouse / "finished.json", {"failed_exports": ["anna.mueller%40corp.example/event/a.pdf"]})


def test_no_alert_names_a_person_a_file_or_a_search_term(
    tmp_path: Path, footfall: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in [name for name in os.environ if name.lower().endswith("_proxy")]:
        monkeypatch.delenv(name)
    lake = Lake(tmp_path / "home")
    _fill(lake)
    with web_receiver() as web, web_receiver() as slack, mail_receiver() as mails:
        lake.home.settings_file.write_text(json.dumps({"freshness": {"max_data_hours": 1}, "alerts": {
            "max_repaired_share": 0, "log": True, "mail": {
                "host": "127.0.0.1", "port": mails.port, "security": "none", "sender": "a@b.example",
                "recipients": ["c@d.example"],
            }}}), encoding="utf-8")
        monkeypatch.setenv("FOOTFALL_ALERTS__WEBHOOK__URL", web.url)
        monkeypatch.setenv("FOOTFALL_ALERTS__SLACK__URL", slack.url)
        checked = footfall("alerts", "check", "--home", lake.root, "--json")
        assert checked.code == 0
        for path in (lake.root / "landing").rglob("*.jsonl"):
            path.unlink()
        for path in (lake.home.lake / "events").rglob("*.parquet"):
            path.write_bytes(b"cut")
        failed = footfall("run", "--home", lake.root)
        assert failed.code == 1 and "nna" in failed.err, "the command itself names the file that is gone"
        listed = footfall("alerts", "list", "--home", lake.root)
    kinds = {one["kind"] for body in web.bodies for one in body["alerts"]}
    assert kinds >= {
        "rejected_lines", "repaired_values", "quarantined_files", "changed_files", "held_back", "failed_exports",
        "open_erasure", "old_data", "last_run", "damage",
    }
    assert kinds <= set(KINDS) and len(slack.bodies) == len(mails.messages) == len(web.bodies) == 2
    state = "".join(
        path.read_text(encoding="utf-8") for path in (lake.home.lake / "history").glob("*.json")
    )
    sent = "\n".join([
        json.dumps([web.bodies, slack.bodies], ensure_ascii=False), state, checked.out, checked.err, listed.out,
        *(f"{mail.as_string()}\n{mail.get_content()}" for mail in mails.messages),
    ]).lower()
    assert [needle for needle in NEEDLES if needle in sent] == []
