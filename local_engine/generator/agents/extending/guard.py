"""What the code of a model may hold: one function, of what it needs; no file, no way out.

A fence, not a cage: such code becomes part of a project only after a person has said yes. Names are
allowed, not forbidden: a module that is harmless itself hands out others (`json.codecs.open`).
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping

LONGEST = 20_000

_NAMES: Mapping[str, frozenset[str]] = {
    module: frozenset(names.split())
    for module, names in {
        "__future__": "annotations",
        "app.core.actor": "Actor",
        "app.core.db": "Connection Parameters execute fetch_all fetch_one fetch_row",
        "app.core.problem": "FieldError Problem conflict forbidden invalid not_found",
        "bisect": "bisect bisect_left bisect_right insort insort_left insort_right",
        "collections": "ChainMap Counter OrderedDict defaultdict deque",
        "collections.abc": "Callable Iterable Iterator Mapping MutableMapping Sequence Set",
        "datetime": "UTC date datetime time timedelta timezone",
        "decimal": "Decimal InvalidOperation ROUND_CEILING ROUND_DOWN ROUND_FLOOR ROUND_HALF_EVEN"
        " ROUND_HALF_UP ROUND_UP",
        "fractions": "Fraction",
        "functools": "reduce",
        "hashlib": "blake2b sha256 sha512",
        "heapq": "heapify heappop heappush merge nlargest nsmallest",
        "itertools": "accumulate chain combinations count groupby islice pairwise permutations"
        " product starmap takewhile zip_longest",
        "json": "JSONDecodeError dumps loads",
        "math": "acos asin atan atan2 ceil comb cos exp factorial floor fsum gcd hypot inf isclose"
        " isfinite isqrt lcm log log10 log2 nan pi pow prod radians sin sqrt tan trunc",
        "random": "Random",
        "re": "IGNORECASE MULTILINE compile escape findall finditer fullmatch match search split"
        " sub",
        "statistics": "fmean mean median mode pstdev quantiles stdev variance",
        "string": "ascii_letters ascii_lowercase ascii_uppercase digits punctuation",
        "tests.world": "Ref UserRef World",
        "textwrap": "dedent fill shorten wrap",
        "typing": "Any Final Literal",
        "uuid": "UUID uuid4",
        "zoneinfo": "ZoneInfo",
    }.items()
}
_BUILTINS = frozenset(
    {"open", "eval", "exec", "compile", "globals", "locals", "vars", "getattr", "setattr"}
    | {"delattr", "hasattr", "dir", "type", "super", "input", "breakpoint", "print", "memoryview"}
    | {"help", "exit", "quit", "classmethod", "staticmethod", "property"}
)
# Frames, code and tracebacks lead to every module; a connection to the server's secrets.
_INSIDES = re.compile(r"(gi|cr|ag|tb|co|f)_|(mro|format|format_map|info|pgconn|adapters)$")
_STATEMENTS = re.compile(
    r"\bpg_(read|ls|stat_file|sleep|terminate)|\blo_(im|ex)port|\bdblink|\bcopy\s|\bpassword_hash"
    r"|\bauth_(sessions|refresh_tokens)|\bset\s+(session|role|local)|\b(drop|alter|grant|truncate)\s"
    r"|\bcurrent_setting|\bset_config|\bpg_catalog|\binformation_schema|\bdo\s+\$|\*.*\busers\b"
    r"|\busers\b.*\*|\bquery_to_xml|\btable\s+users\b|__",
    re.IGNORECASE | re.DOTALL,
)
# Which argument is the statement, for what carries one out.
_STATEMENT_ARGUMENTS = {"execute": 1, "fetch_all": 1, "fetch_one": 1, "fetch_row": 1}
_METHODS = frozenset({"execute", "executemany", "stream", "cursor"})


def objections(text: str, wanted: str, *, like: str | None = None) -> list[str]:
    """What is wrong with a module that stands in for `wanted`, which has the same functions.

    What `wanted` imports is allowed. With `like`, a module of its user, the functions are those of
    that one; what it imports besides is not a model's to use.
    """
    if len(text) > LONGEST:
        return [f"This is longer than {LONGEST} characters."]
    try:
        module, stub = ast.parse(text), ast.parse(wanted)
        kept = stub if like is None else ast.parse(like)
        same = _shape(module) == _shape(kept)
        found = [] if same else ["Only the body of the function may differ."]
        return [*found, *dict.fromkeys(_wrong(module, _imports(stub)))]
    except (SyntaxError, ValueError) as error:
        return [f"This is not Python: {error}."]
    except (RecursionError, MemoryError):
        return ["This is nested too deeply."]


def asserts(text: str) -> bool:
    """Whether a test says what an answer or a row is to be: one that does not cannot fail."""
    try:
        module = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    asked = {"call", "shown"} & {
        node.attr for node in ast.walk(module) if isinstance(node, ast.Attribute)
    }
    return bool(asked) and any(isinstance(node, ast.Assert) for node in ast.walk(module))


def _shape(module: ast.Module) -> list[str]:
    """What stands at the top, without imports and without what is in functions."""
    shape = []
    for node in module.body:
        if isinstance(node, ast.Import | ast.ImportFrom):
            continue
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            returns = ast.unparse(node.returns) if node.returns else ""
            decorators = [ast.unparse(one) for one in node.decorator_list]
            arguments = ast.unparse(node.args)
            shape.append(f"{type(node).__name__} {node.name}({arguments}) {returns} {decorators}")
        else:
            shape.append(ast.unparse(node))
    return shape


def _imports(stub: ast.Module) -> set[tuple[str, str]]:
    """What the stub imports itself, each as module and name."""
    return {
        (node.module or "", alias.name)
        for node in ast.walk(stub)
        if isinstance(node, ast.ImportFrom) and node.level == 0
        for alias in node.names
    }


def _wrong(module: ast.Module, given: set[tuple[str, str]]) -> Iterator[str]:
    modules = {
        alias.asname or alias.name: alias.name
        for node in ast.walk(module)
        if isinstance(node, ast.Import)
        for alias in node.names
    }
    bases = {id(node.value) for node in ast.walk(module) if isinstance(node, ast.Attribute)}
    told = {id(node.value) for node in ast.walk(module) if isinstance(node, ast.Expr)}
    called = {id(node.func) for node in ast.walk(module) if isinstance(node, ast.Call)}
    for node in ast.walk(module):
        match node:
            case ast.Import():
                yield from _of_import(node)
            case ast.ImportFrom():
                yield from _of_import_from(node, given)
            case ast.Name():
                yield from _of_name(node, modules, is_base=id(node) in bases)
                if node.id in _STATEMENT_ARGUMENTS and id(node) not in called:
                    yield f"`{node.id}` is called where it is named."
            case ast.Attribute():
                yield from _of_attribute(node, modules, is_called=id(node) in called)
            case ast.Call():
                yield from _of_call(node)
            case ast.Constant(value=str() as value) if id(node) not in told:
                if found := _STATEMENTS.search(value):
                    yield f"`{found[0].strip()[:40]}` may not stand in a text here."
            case ast.MatchClass() if node.kwd_attrs:
                yield "Attributes may not be matched here."
            case ast.ClassDef() | ast.Global() | ast.Nonlocal():
                yield "Classes and global names may not be made here."


def _of_import(node: ast.Import) -> Iterator[str]:
    for alias in node.names:
        if alias.name not in _NAMES or alias.name.startswith(("app.", "tests.")):
            yield f"`{alias.name}` may not be imported here."
        elif "." in alias.name and alias.asname is None:
            yield f"Names of `{alias.name}` are imported from it."


def _of_import_from(node: ast.ImportFrom, given: set[tuple[str, str]]) -> Iterator[str]:
    name = "." * node.level + (node.module or "")
    for alias in node.names:
        if (name, alias.name) in given:
            continue
        if alias.name not in _NAMES.get(name, ()):
            which = name if name not in _NAMES else f"{name}.{alias.name}"
            yield f"`{which}` may not be imported here."


def _of_name(node: ast.Name, modules: Mapping[str, str], *, is_base: bool) -> Iterator[str]:
    if node.id in _BUILTINS or node.id.startswith("__"):
        yield f"`{node.id}` may not be used here."
    elif node.id in modules and not is_base:
        yield f"The module `{node.id}` may not be handed on."


def _of_attribute(
    node: ast.Attribute, modules: Mapping[str, str], *, is_called: bool
) -> Iterator[str]:
    owner = modules.get(node.value.id) if isinstance(node.value, ast.Name) else None
    if node.attr.startswith("_") or _INSIDES.match(node.attr):
        yield f"`.{node.attr}` may not be used here."
    elif owner is not None and node.attr not in _NAMES.get(owner, ()):
        yield f"`{owner}.{node.attr}` may not be used here."
    elif node.attr in _METHODS and not is_called and owner is None:
        yield f"`.{node.attr}` is called where it is named."


def _of_call(node: ast.Call) -> Iterator[str]:
    """A statement is one text, not put together: nothing else could be looked at here."""
    match node.func:
        case ast.Attribute(attr=attr) if attr in _METHODS:
            name, place = attr, 0
            if attr not in ("execute", "executemany"):
                yield f"`.{attr}` may not be used here."
        case ast.Attribute(attr="copy") if node.args or node.keywords:
            name, place = "copy", len(node.args)
        case ast.Name(id=id_) if id_ in _STATEMENT_ARGUMENTS:
            name, place = id_, _STATEMENT_ARGUMENTS[id_]
        case _:
            return
    statement = node.args[place] if len(node.args) > place else None
    if not (isinstance(statement, ast.Constant) and isinstance(statement.value, str)):
        yield f"The statement of `{name}` is one text, written there."
