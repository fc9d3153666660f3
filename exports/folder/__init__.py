"""One folder: written aside, checked, described by its manifest, moved into place, removed when its time is over."""
