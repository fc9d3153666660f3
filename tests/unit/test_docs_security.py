"""docs/security.md cannot drift: every claim has a module and a test that exist."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
_CLAIM = re.compile(r"^\| (.+?) \| `([^`]+)` \| `([^`:]+)::(\w+)` \|$", re.MULTILINE)


def test_every_claim_of_security_is_kept_in_a_module_and_attacked_by_a_test_that_exist() -> None:
    page = (ROOT / "docs/security.md").read_text(encoding="utf-8")
    table = page.split("## Every claim, its module and its test")[1]
    rows = [row for row in table.splitlines() if row.startswith("| ") and not row.startswith(("| claim", "| ---"))]
    claims = _CLAIM.findall(table)
    assert len(claims) == len(rows) > 15, "every row has a claim, a module, and a test with its file"
    missing = [
        (claim, module, file, test) for claim, module, file, test in claims
        if not (ROOT / module).is_file() or not (ROOT / file).is_file()
        or not re.search(rf"^def {test}\(", (ROOT / file).read_text(encoding="utf-8"), re.MULTILINE)
    ]
    assert missing == []
    assert len({test for *_, test in claims}) == len(claims), "every claim has a test of its own"
