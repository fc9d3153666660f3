"""What sqlfluff sees as `flags` while it renders models: a build of what was newly loaded."""

FULL_REFRESH = False
WHICH = "build"
PROFILES_DIR = "."
