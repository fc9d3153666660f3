"""Landing files to lake: what arrived is read, judged, deduplicated and committed (contract, sections 2, 3 and 5)."""
