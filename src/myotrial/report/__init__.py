"""Results into words, tables, figures and one HTML file that needs nothing else."""

from myotrial.report.page import render_report, write_report
from myotrial.report.tables import render_tables, tabulate_results, write_tables

__all__ = ["render_report", "render_tables", "tabulate_results", "write_report", "write_tables"]
