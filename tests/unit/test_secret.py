"""The installation's key and what is made with it."""

import hashlib
import hmac
from pathlib import Path

import pytest

from footfall.core.errors import SettingsError
from footfall.core.home import Home
from footfall.core.secret import key_id, pseudonym, secret_key
from footfall.core.settings import Privacy, Settings


def test_a_key_is_made_once_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    first = secret_key(home, Settings())
    assert home.key_file.stat().st_mode & 0o777 == 0o600
    assert secret_key(home, Settings()) == first
    assert [path.name for path in home.root.iterdir()] == ["privacy.key"]
    assert secret_key(Home(tmp_path / "other"), Settings()) != first


def test_the_setting_wins_over_the_file(tmp_path: Path) -> None:
    settings = Settings(privacy=Privacy(key="x" * 40))
    assert secret_key(Home(tmp_path), settings) == b"x" * 40
    assert not Home(tmp_path).key_file.exists()


@pytest.mark.parametrize("text", ["", "short", None])
def test_a_missing_or_short_key_is_an_error_with_a_hint(tmp_path: Path, text: str | None) -> None:
    home = Home(tmp_path)
    if text is not None:
        home.key_file.write_text(text, encoding="utf-8")
    with pytest.raises(SettingsError) as raised:
        secret_key(home, Settings(), is_new=False)
    assert raised.value.where == str(home.key_file)
    assert raised.value.hint
    assert home.key_file.exists() == (text is not None)


def test_a_pseudonym_is_an_hmac_and_does_not_depend_on_where_parts_are_cut() -> None:
    key = b"k" * 64
    expected = hmac.new(key, b"4:expo5:event4:anna", hashlib.sha256).hexdigest()
    assert pseudonym(key, "expo", "event", "anna") == expected[:16]
    assert pseudonym(key, "expo", "event", "anna", digits=64) == expected
    assert pseudonym(key, "a", "bc") != pseudonym(key, "ab", "c")
    assert pseudonym(b"l" * 64, "a", "bc") != pseudonym(key, "a", "bc")
    assert key_id(key) != key_id(b"l" * 64)
