"""The modules beside this file import each other by name, here as in the script."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

collect_ignore_glob = ["[!t]*.py"]  # they hold no examples, and a second import would register every class twice
