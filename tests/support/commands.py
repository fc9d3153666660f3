"""The commands of `footfall` by what is typed."""

import typer

from footfall_cli.commands import app


def commands() -> dict[str, typer.core.TyperCommand]:
    """Every command by what is typed, those of groups included."""
    found, waiting = {}, [("", typer.main.get_command(app))]
    while waiting:
        name, command = waiting.pop()
        inner = getattr(command, "commands", None)
        if inner:
            waiting += [(f"{name} {key}".strip(), value) for key, value in inner.items()]
        else:
            found[name] = command
    return found
