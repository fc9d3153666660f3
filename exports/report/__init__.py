"""The report: one HTML file with its data, its graphs and its program inside."""
