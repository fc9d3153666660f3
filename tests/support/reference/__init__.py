"""An independent reference of every mart: plain Python, standard library only, no SQL, nothing shared with the models.

It is written from ``docs/definitions.md`` alone, slow and literal on purpose: the property tests compare the warehouse
with it row for row. ``compute`` is the entry point.
"""

from tests.support.reference.catalogue import CatalogueEntry, read_catalogue
from tests.support.reference.compute import compute

__all__ = ["CatalogueEntry", "compute", "read_catalogue"]
