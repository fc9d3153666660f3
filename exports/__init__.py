"""Published tables to the files that stakeholders open: workbook, CSV, Parquet, report, graphs; one folder a range."""
