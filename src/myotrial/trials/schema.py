"""Write the JSON Schema of trial definitions, by which an editor completes and checks them."""

import json
from pathlib import Path

from myotrial.trials.definition import TrialDefinition

FILE = Path("docs/schema/trial-definition.schema.json")


def schema_text() -> str:
    """Return the schema as it stands in ``docs/schema``."""
    schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "myotrial trial definition",
    } | TrialDefinition.model_json_schema(by_alias=True)
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    FILE.parent.mkdir(parents=True, exist_ok=True)
    FILE.write_text(schema_text(), encoding="utf-8")
