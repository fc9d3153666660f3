"""The base of the sections of ``footfall.yml``."""

from pydantic import BaseModel, ConfigDict


class Section(BaseModel):
    """A part of ``footfall.yml``; an unknown key is an error, so a typing mistake is never ignored."""

    model_config = ConfigDict(extra="forbid", frozen=True)
