"""Code that does not compile, or does what a generated project never needs."""

import ast
import re
from collections.abc import Callable, Iterator
from functools import partial

from local_engine.verification.checks import Check, CheckFailed, SetUpFailed
from local_engine.verification.context import Context
from local_engine.verification.groups.static.source import Source, compiled, modules

_METHODS = frozenset({"get", "post", "put", "patch", "delete"})
_RUNS_TEXT = frozenset({"eval", "exec", "compile", "__import__"})
_RUNS_PROGRAMS = frozenset({"os.system", "os.popen", "subprocess.getoutput", "pty.spawn"})
_LOADS_OBJECTS = frozenset(
    {"pickle.loads", "pickle.load", "marshal.loads", "yaml.load", "yaml.unsafe_load", "dill.loads"}
)
_SQL = re.compile(r"\b(SELECT\s.+\sFROM|INSERT\s+INTO|UPDATE\s+\S+\s+SET|DELETE\s+FROM)\b", re.S)


def checks() -> Iterator[Check]:
    """Checks of the Python code."""
    yield Check("static.compile", "Every Python file compiles.", _compiles)
    finders: dict[str, tuple[str, Finder]] = {
        "evaluation": ("No text is run as code or as a program.", _evaluation),
        "deserialization": ("No data is turned into objects that may run code.", _loading),
        "sql": ("No SQL is put together from what clients send.", _sql),
        "debug": ("No debug mode, and no origin may use cookies of another.", _debug),
    }
    for name, (sentence, find) in finders.items():
        yield Check(f"static.{name}", sentence, partial(_finds_nothing, find))


Finder = Callable[[Source], Iterator[tuple[int, str]]]


def _compiles(context: Context) -> None:
    sources = modules(context)
    if not sources:
        raise SetUpFailed("the project's folder has no Python files")
    for source in sources:
        try:
            source.tree  # noqa: B018 - parsed here, and kept
        except (SyntaxError, ValueError) as error:
            raise CheckFailed("code for Python 3.11", f"{source.name}: {error}") from error


def _finds_nothing(find: Finder, context: Context) -> None:
    found = [
        f"{source.name}:{line}: {what}"
        for source in compiled(context)
        for line, what in find(source)
    ]
    if found:
        raise CheckFailed("nothing of the kind", "\n".join(found[:10]))


def _evaluation(source: Source) -> Iterator[tuple[int, str]]:
    for call, name in source.calls:
        shell = any(
            word.arg == "shell" and not _is_constant(word.value, False) for word in call.keywords
        )
        if name in _RUNS_TEXT or name in _RUNS_PROGRAMS or (shell and "subprocess" in name):
            yield call.lineno, f"{name}(...)"


def _loading(source: Source) -> Iterator[tuple[int, str]]:
    for call, name in source.calls:
        if name in _LOADS_OBJECTS and not any(
            "Safe" in ast.unparse(word.value) for word in call.keywords
        ):
            yield call.lineno, f"{name}(...)"


def _debug(source: Source) -> Iterator[tuple[int, str]]:
    for call, name in source.calls:
        words = {word.arg: word.value for word in call.keywords if word.arg}
        for word in ("debug", "reload"):
            if word in words and _is_constant(words[word], True):
                yield call.lineno, f"{name}({word}=True)"
        origins = ast.unparse(words["allow_origins"]) if "allow_origins" in words else ""
        credentials = words.get("allow_credentials")
        if "'*'" in origins and credentials is not None and _is_constant(credentials, True):
            yield call.lineno, "every origin may send requests with credentials"


def _is_constant(node: ast.expr, value: object) -> bool:
    return isinstance(node, ast.Constant) and node.value is value


def _sql(source: Source) -> Iterator[tuple[int, str]]:
    """SQL with a value between quotes, or with something of a request written into it."""
    for node in (one for one in source.nodes if isinstance(one, ast.expr)):
        parts = _joined(node)
        if parts is None:
            continue
        text = "".join(part if isinstance(part, str) else "\0" for part in parts)
        if not _SQL.search(text.replace("\0", " x ")):
            continue
        named = {name for part in parts if not isinstance(part, str) for name in _names(part)}
        if "'\0'" in text:
            yield node.lineno, "a value between quotes in SQL"
        elif named & ({"request"} | _parameters_around(node, source)):
            yield node.lineno, "something of the request in SQL"


def _parameters_around(node: ast.AST, source: Source) -> set[str]:
    """The parameters of the routes' handlers that a node is in."""
    return {
        argument.arg
        for handler in source.nodes
        if isinstance(handler, ast.FunctionDef | ast.AsyncFunctionDef)
        if _is_handler(handler) and node in ast.walk(handler)
        for argument in (*handler.args.args, *handler.args.kwonlyargs)
    }


def _is_handler(function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    return any(
        isinstance(item, ast.Call)
        and isinstance(item.func, ast.Attribute)
        and item.func.attr in _METHODS
        for item in function.decorator_list
    )


def _joined(node: ast.expr) -> list[str | ast.expr] | None:
    """The parts of a text that is put together: f-string, `+`, `%` or `.format`."""
    match node:
        case ast.JoinedStr():
            return [_part(value) for value in node.values]
        case ast.BinOp(left=ast.Constant(value=str() as text), op=ast.Mod(), right=right):
            return [re.sub(r"%[sdr]", "\0", text), right]
        case ast.BinOp(op=ast.Add(), left=left, right=right):
            return [_part(left), _part(right)]
        case ast.Call(func=ast.Attribute(value=ast.Constant(value=str() as text), attr="format")):
            return [re.sub(r"\{[^}]*\}", "\0", text), *node.args]
    return None


def _part(node: ast.expr) -> str | ast.expr:
    if isinstance(node, ast.FormattedValue):
        return node.value
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    return node


def _names(node: ast.expr) -> set[str]:
    return {child.id for child in ast.walk(node) if isinstance(child, ast.Name)}
