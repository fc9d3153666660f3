"""The ledger: the outcome of every line of every file."""
