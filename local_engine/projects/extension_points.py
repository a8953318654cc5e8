"""Extension points: files whose bodies a person writes, and which generating never touches."""

from __future__ import annotations

import ast
import tokenize

_FOLDER = "app/extensions/"
_PACKAGE = f"{_FOLDER}__init__.py"

_Function = ast.FunctionDef | ast.AsyncFunctionDef


def is_extension_point(path: str) -> bool:
    """Whether the file of this path is the user's by its nature."""
    return path.startswith(_FOLDER) and path.endswith(".py") and path != _PACKAGE


def same_signatures(one: bytes, other: bytes) -> bool:
    """Whether two generated texts ask for the same functions; False when one does not parse."""
    found = [_signatures(text) for text in (one, other)]
    return found[0] is not None and found[0] == found[1]


def keep_body(base: bytes, ours: bytes, theirs: bytes) -> bytes | None:
    """The user's file with the signatures and the imports that the generator asks for now.

    None where the user's file does not parse, or a function that is asked for is not in it.
    """
    try:
        lines = ours.decode().splitlines(keepends=True)
        mine, wanted, before = (_functions(text) for text in (ours, theirs, base))
    except (SyntaxError, ValueError):
        return None
    if not wanted.keys() <= mine.keys():
        return None
    texts = theirs.decode().splitlines(keepends=True)
    changed = [name for name in wanted if _head(wanted[name]) != _head(before.get(name))]
    for name in sorted(changed, key=lambda name: mine[name].lineno, reverse=True):
        old, new = mine[name], wanted[name]
        end, new_end = _signature_end(lines, old), _signature_end(texts, new)
        if end >= old.body[0].lineno:  # the body is on the line of the signature
            return None
        lines[old.lineno - 1 : end] = texts[new.lineno - 1 : new_end]
    return _with_imports("".join(lines), theirs.decode()).encode()


def _signatures(text: bytes) -> dict[str, str] | None:
    try:
        return {name: _head(function) for name, function in _functions(text).items()}
    except (SyntaxError, ValueError):
        return None


def _functions(text: bytes) -> dict[str, _Function]:
    module = ast.parse(text.decode())
    return {node.name: node for node in module.body if isinstance(node, _Function)}


def _head(function: _Function | None) -> str:
    """A function's signature as text, in one form however it is laid out."""
    if function is None:
        return ""
    returns = "" if function.returns is None else ast.unparse(function.returns)
    kind = "async " if isinstance(function, ast.AsyncFunctionDef) else ""
    return f"{kind}{function.name}({ast.unparse(function.args)}) -> {returns}"


def _signature_end(lines: list[str], function: _Function) -> int:
    """The line with the colon that ends a function's signature."""
    depth = 0
    rest = iter(lines[function.lineno - 1 :])
    for token in tokenize.generate_tokens(lambda: next(rest, "")):
        if token.string in "([{" and token.type == tokenize.OP:
            depth += 1
        elif token.string in ")]}" and token.type == tokenize.OP:
            depth -= 1
        elif token.string == ":" and depth == 0:
            return function.lineno + token.start[0] - 1
    raise ValueError(f"{function.name} has no end")


def _with_imports(text: str, source: str) -> str:
    """The text with those imports of `source` that it lacks, after its own last import."""
    present = {ast.unparse(node) for node in _imports(text)}
    missing = [ast.unparse(node) for node in _imports(source)]
    new = [line for line in missing if line not in present]
    if not new:
        return text
    lines = text.splitlines(keepends=True)
    at = max((node.end_lineno or node.lineno for node in _imports(text)), default=0)
    if not at:
        at = _after_docstring(text)
    return "".join([*lines[:at], *(f"{line}\n" for line in new), *lines[at:]])


def _imports(text: str) -> list[ast.stmt]:
    return [node for node in ast.parse(text).body if isinstance(node, ast.Import | ast.ImportFrom)]


def _after_docstring(text: str) -> int:
    first = next(iter(ast.parse(text).body), None)
    is_text = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
    return (first.end_lineno or 0) if is_text and first is not None else 0
