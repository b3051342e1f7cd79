"""Results into words, tables, figures and one HTML file that needs nothing else."""

from myotrial.report.page import render_report, write_report

__all__ = ["render_report", "write_report"]
