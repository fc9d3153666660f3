"""One folder a stage: what it makes (`assets.py`) and what must hold afterwards (`checks.py`)."""
