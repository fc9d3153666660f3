"""What an operator sees of runs: structured logs, tracebacks, figures for Prometheus. Never personal data."""
