"""Tables to hand in: numbered, titled and footnoted, as RTF, HTML, CSV and JSON.

``model`` is what a table holds; ``outcomes``, ``subjects`` and ``adverse_events`` fill it; ``rtf``, ``html`` and
``plain`` write it; ``files`` is the way in.
"""

from myotrial.report.tables.files import render_tables, tabulate_results, write_tables
from myotrial.report.tables.model import Table, Tables

__all__ = ["Table", "Tables", "render_tables", "tabulate_results", "write_tables"]
