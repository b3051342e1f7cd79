"""The command line, as its own help tells it."""

import re

from cyclopts.docs.markdown import generate_markdown_docs

from myotrial.cli.app import COMMANDS, EXIT_STATUS, app


def render() -> str:
    """Return every command with its parameters, sorted by name, each with its example."""
    text = generate_markdown_docs(app, generate_toc=False)
    text = text.split("\n## ", maxsplit=1)[1]
    examples = {words: example for words, _, _, example in COMMANDS}
    sections = sorted(f"## {part.strip()}" for part in re.split(r"\n##+ ", f"\n## {text}") if part.strip())
    return "\n\n".join(_with_example(section, examples) for section in sections)


def _with_example(section: str, examples: dict[str, str]) -> str:
    words = section.splitlines()[0].removeprefix("## myotrial ")
    plain = section.replace(f"\n\n{EXIT_STATUS}", "")
    return plain + (f"\n\nExample: `{examples[words]}`" if words in examples and examples[words] not in plain else "")
