"""Exit statuses and every code that a fault can have, read from the source."""

import ast
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path

from evidence.text import table

import myotrial
from myotrial.cli.app import EXIT_STATUS

HOME = Path(myotrial.__file__).parent
CODE, MESSAGE = "code", "message"

Takers = dict[str, tuple[str, ...]]


def render_exit_statuses() -> str:
    """Return the exit statuses as the help of every command tells them."""
    told = EXIT_STATUS.removeprefix("Exit status: ").rstrip(".").split(";")
    return table(("status", "meaning"), (part.strip().split(" ", maxsplit=1) for part in told))


def render_codes() -> str:
    """Return every code with what is said where it is found, and the room that finds it."""
    rows = ((code, sorted({said for said, _ in found}), sorted({room for _, room in found})) for code, found in
            sorted(find_codes().items()))  # fmt: skip
    return table(
        ("code", "what is said (… stands for what was found)", "found in"),
        ((f"`{code}`", "; ".join(each for each in said if each), ", ".join(rooms)) for code, said, rooms in rows),
    )


def find_codes() -> dict[str, set[tuple[str, str]]]:
    """Return every fault code in the source with each message and the room it stands in.

    A code stands in a call of ``Fault``, or in a call of a function of ours that hands it on to one: whatever has a
    parameter called ``code``.
    """
    trees = {path: ast.parse(path.read_text(encoding="utf-8")) for path in sorted(HOME.rglob("*.py"))}
    methods = {name: names for tree in trees.values() for name, names in _takers(tree, methods=True).items()}
    found: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for path, tree in trees.items():
        room = path.relative_to(HOME).parts[0]
        functions = {"Fault": (CODE, MESSAGE), **_imported(tree, trees), **_takers(tree, methods=False)}
        for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
            for code, message in _pairs(call, _names(call, functions, methods)):
                found[code].add((message, room))
        for code in _assigned(tree):
            found[code].add(("", room))
    return found


def _takers(tree: ast.AST, *, methods: bool) -> Takers:
    """Return the functions of a file that have a parameter called ``code``, with the names of all their parameters."""
    held = {}
    for node in ast.walk(tree):
        names = [each.arg for each in node.args.args] if isinstance(node, ast.FunctionDef) else []
        if isinstance(node, ast.FunctionDef) and CODE in names and (names[0] in {"self", "cls"}) == methods:
            held[node.name] = tuple(names[methods:])
    return held


def _imported(tree: ast.AST, trees: Mapping[Path, ast.Module]) -> Takers:
    held: Takers = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("myotrial."):
            path = HOME.joinpath(*node.module.split(".")[1:]).with_suffix(".py")
            there = _takers(trees[path], methods=False) if path in trees else {}
            held |= {each.asname or each.name: there[each.name] for each in node.names if each.name in there}
    return held


def _names(call: ast.Call, functions: Takers, methods: Takers) -> tuple[str, ...]:
    if isinstance(call.func, ast.Name):
        return functions.get(call.func.id, ())
    return methods.get(call.func.attr, ()) if isinstance(call.func, ast.Attribute) else ()


def _pairs(call: ast.Call, names: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    if not names:
        return
    given = dict(zip(names, call.args, strict=False)) | {word.arg: word.value for word in call.keywords if word.arg}
    for code in _texts(given.get(CODE)):
        for message in _texts(given.get(MESSAGE)) or [""]:
            yield code, message


def _assigned(tree: ast.AST) -> Iterator[str]:
    """Yield the codes that are chosen first and used in a call later: ``code, what = (...) if ... else (...)``."""
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Assign)
            and isinstance(node.targets[0], ast.Tuple)
            and isinstance(node.value, ast.IfExp)
        ):
            names = [getattr(each, "id", "") for each in node.targets[0].elts]
            for branch in (node.value.body, node.value.orelse):
                if CODE in names and isinstance(branch, ast.Tuple):
                    yield from _texts(branch.elts[names.index(CODE)])


def _texts(node: ast.expr | None) -> list[str]:
    """Return what a string can be, with ``…`` for the parts that are only known when it is told."""
    if isinstance(node, ast.IfExp):
        return _texts(node.body) + _texts(node.orelse)
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return [node.value]
    if isinstance(node, ast.JoinedStr):
        return ["".join(str(part.value) if isinstance(part, ast.Constant) else "…" for part in node.values)]
    return []
