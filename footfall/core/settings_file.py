"""``footfall.yml`` as a dict, before its values are validated."""

import os
import re
from collections.abc import Iterator, Mapping
from typing import Any

import yaml
from pydantic import BaseModel

from footfall.core.errors import SettingsError
from footfall.core.home import Home
from footfall.core.spark_settings import holds_secret, is_secret


def read_settings_file(home: Home) -> dict[str, Any]:
    """The values of the settings file; empty where it is absent.

    Raises:
        SettingsError: the file cannot be read or is not YAML.
    """
    path = home.settings_file
    try:
        text = path.read_text(encoding="utf-8") if os.path.lexists(path) else ""
        values = yaml.safe_load(text) or {}
    except (OSError, UnicodeDecodeError, RecursionError, yaml.YAMLError) as error:
        mark = getattr(error, "problem_mark", None)
        where = f"{path}, line {mark.line + 1}" if mark else str(path)
        problem = getattr(error, "problem", None) or getattr(error, "strerror", None) or (
            "it is nested too deeply" if isinstance(error, RecursionError) else "it is not UTF-8 text"
        )
        raise SettingsError(
            f"The settings file cannot be read: {problem}.",
            where=where, hint="Repair the file; `footfall init --home DIR` writes a commented example elsewhere.",
        ) from error
    if not isinstance(values, dict):
        raise SettingsError(
            "The settings file is not a list of `key: value`.", where=str(path),
            hint="Repair the file, or remove it to use the defaults.",
        )
    return values


def refuse_secrets(home: Home, values: Mapping[str, Any], section: str, model: type[BaseModel]) -> None:
    """Raise SettingsError where the file names a secret of a section: these are read from the environment only."""
    for key in _secrets(model, section):
        if _value_at(values, key) is not None:
            variable = f"FOOTFALL_{'__'.join(key).upper()}"
            raise SettingsError(
                f"The setting `{'.'.join(key)}` is a secret, and secrets of `{section}` may not be in a file.",
                where=str(home.settings_file),
                hint=f"Take it out of the file, and set {variable} in the environment of the run.",
            )


def refuse_secret_options(home: Home, values: Mapping[str, Any], *maps: tuple[str, ...]) -> None:
    """Raise SettingsError where the file gives a secret in one of its maps of options, such as a password."""
    for key in maps:
        options = _value_at(values, key)
        for name, value in options.items() if isinstance(options, Mapping) else ():
            if is_secret(str(name)) or holds_secret(str(value)):
                variable = f"FOOTFALL_{'__'.join(key).upper()}"
                raise SettingsError(
                    f"The option `{name}` of `{'.'.join(key)}` is a secret, and secrets may not be in a file.",
                    where=str(home.settings_file),
                    hint=f"Take it out of the file, and set {variable}='{{\"{name}\": \"…\"}}' in the environment.",
                )


def refuse_secret_address(home: Home, values: Mapping[str, Any], key: tuple[str, ...]) -> None:
    """Raise SettingsError where the file gives an address with a password or token in it."""
    if holds_secret(str(_value_at(values, key))):
        raise SettingsError(
            f"The address `{'.'.join(key)}` has a secret in it, and secrets may not be in a file.",
            where=str(home.settings_file),
            hint=f"Take it out of the file, and set FOOTFALL_{'__'.join(key).upper()} in the environment.",
        )


def _secrets(model: type[BaseModel], *prefix: str) -> Iterator[tuple[str, ...]]:
    """The keys of the secrets of a section, those of sections below it included."""
    for name, field in model.model_fields.items():
        kind = field.annotation
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            yield from _secrets(kind, *prefix, name)
        elif "SecretStr" in str(kind):
            yield (*prefix, name)


def _value_at(values: Any, key: tuple[str, ...]) -> Any:
    for name in key:
        values = values.get(name) if isinstance(values, Mapping) else None
    return values


def with_engine(text: str, engine: str) -> str | None:
    """A settings file's text with `warehouse.engine` set, everything else as it is; None where that is not possible."""
    values = yaml.safe_load(text) or {}
    section = values.get("warehouse")
    if section is None:
        new = re.sub(r"(?m)^warehouse:[^\n]*\n?", "", text)
        new = f"{new.rstrip()}\n\nwarehouse:\n  engine: {engine}\n".lstrip()
    elif isinstance(section, Mapping) and "engine" in section:
        present = r"(?ms)^(warehouse:.*?\bengine:\s*)[\"']?\w+[\"']?"
        new = re.sub(present, rf"\g<1>{engine}", text, count=1)
    else:
        return None
    wanted = {**values, "warehouse": {**(section or {}), "engine": engine}}
    try:
        return new if yaml.safe_load(new) == wanted else None
    except yaml.YAMLError:
        return None
