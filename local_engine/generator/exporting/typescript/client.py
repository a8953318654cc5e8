"""The files of a TypeScript client: types of every schema, one method for every operation."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

from local_engine.generator.blueprint.resolving.naming import slug
from local_engine.generator.exporting.document import ApiDocument, Operation, Parameter
from local_engine.generator.exporting.typescript.types import (
    WIDTH,
    comment,
    declaration,
    key,
    type_name,
    type_of,
)

_FIXED = Path(__file__).parent / "fixed"
_WORDS = """
    break case catch class const continue debugger default delete do else enum export extends false
    finally for function if import in instanceof new null return super switch this throw true try
    typeof var void while with constructor http signIn signOut
"""
"""Words that cannot be the name of a method here."""
_RESERVED = frozenset(_WORDS.split())
_INDEX = b"""\
export * from "./client.js";
export * from "./http.js";
export * from "./types.js";
"""


def typescript_client(document: ApiDocument) -> dict[str, bytes]:
    """The files of the client, by path."""
    return {
        "http.ts": (_FIXED / "http.ts").read_bytes(),
        "tsconfig.json": (_FIXED / "tsconfig.json").read_bytes(),
        "package.json": _package(document),
        "types.ts": _text(_types(document)),
        "client.ts": _text(_client(document)),
        "index.ts": _INDEX,
    }


def _package(document: ApiDocument) -> bytes:
    package = {
        "name": f"{slug(document.title)}-client",
        "version": "0.0.0",
        "private": True,
        "type": "module",
        "main": "dist/index.js",
        "types": "dist/index.d.ts",
        "scripts": {"build": "tsc -p ."},
    }
    return (json.dumps(package, indent=2) + "\n").encode()


def _text(lines: Iterator[str]) -> bytes:
    return ("\n".join(lines) + "\n").encode()


def _types(document: ApiDocument) -> Iterator[str]:
    yield f"/** The types of {_title(document)}: what is sent and what is answered. */"
    for name, schema in document.schemas.items():
        yield ""
        yield from declaration(name, schema)


def _client(document: ApiDocument) -> Iterator[str]:
    body = list(_class(document))
    text = "\n".join(body)
    used = sorted(
        name
        for name in map(type_name, document.schemas)
        if re.search(rf"\b{re.escape(name)}\b", text)
    )
    yield f"/** A client of {_title(document)}. Each method is named after its operation. */"
    yield ""
    yield 'import { Http, type Answer, type HttpOptions } from "./http.js";'
    yield "import type {"
    yield from (f"  {name}," for name in used)
    yield '} from "./types.js";'
    for operation in document.operations:
        yield from _parameters(operation)
    yield from body


def _title(document: ApiDocument) -> str:
    return " ".join(document.title.replace("*/", "* /").split())


def _parameters(operation: Operation) -> Iterator[str]:
    if not operation.parameters:
        return
    yield ""
    yield f"export interface {_parameters_name(operation)} {{"
    for name, parameter in _properties(operation).items():
        yield from comment(parameter.description, "  ")
        optional = "" if parameter.required else "?"
        yield f"  {key(name)}{optional}: {_parameter_type(parameter)};"
    yield "}"


def _properties(operation: Operation) -> dict[str, Parameter]:
    """The parameters by the names that they have here; of two with one name the path's keeps it."""
    found: dict[str, Parameter] = {}
    for place in ("path", "query", "header"):
        for parameter in operation.at(place):
            name = parameter.name
            found[name if name not in found else f"{name}_{place}"] = parameter
    return found


def _parameter_type(parameter: Parameter) -> str:
    return type_of(parameter.schema) if parameter.schema else "string"


def _parameters_name(operation: Operation) -> str:
    name = method_name(operation)
    return f"{name[:1].upper()}{name[1:]}Parameters"


def method_name(operation: Operation) -> str:
    """The operation's id in camelCase: `create_order` is `createOrder`."""
    words = [word for word in re.split(r"[^A-Za-z0-9]+", operation.id) if word]
    name = "".join(word[:1].upper() + word[1:] for word in words)
    name = name[:1].lower() + name[1:] or "call"
    return f"{name}_" if name in _RESERVED or name[0].isdigit() else name


def _class(document: ApiDocument) -> Iterator[str]:
    yield ""
    yield "export class Client {"
    yield "  readonly http: Http;"
    yield ""
    yield "  constructor(options: HttpOptions) {"
    yield "    this.http = new Http(options);"
    yield "  }"
    if any(operation.id == "login" for operation in document.operations):
        yield from _signing_in()
    for tag, operations in document.tags.items():
        yield ""
        yield f"  // {' '.join(tag.split())}"
        for operation in operations:
            yield from _method(operation)
    yield "}"


def _signing_in() -> Iterator[str]:
    yield ""
    yield "  /** Signs in; from now on requests carry the tokens, which renew themselves. */"
    yield "  async signIn(email: string, password: string): Promise<void> {"
    yield '    const form = { username: email, password, grant_type: "password" as const };'
    yield "    this.http.setTokens((await this.login(form)).data);"
    yield "  }"
    yield ""
    yield "  /** Signs out, here and at the service. */"
    yield "  async signOut(): Promise<void> {"
    yield "    const tokens = this.http.tokens;"
    yield "    this.http.setTokens(null);"
    yield "    if (tokens !== null) await this.logout({ refresh_token: tokens.refresh_token });"
    yield "  }"


def _method(operation: Operation) -> Iterator[str]:
    yield ""
    access = "" if operation.secured else "\nNo account is needed."
    yield from comment(f"{operation.summary}\n{operation.description}{access}", "  ")
    arguments = []
    if operation.parameters:
        required = any(parameter.required for parameter in operation.parameters)
        default = "" if required else " = {}"
        arguments.append(f"parameters: {_parameters_name(operation)}{default}")
    if operation.body is not None:
        kind = type_of(operation.body.schema) if operation.body.schema is not None else "Blob"
        bodies = [f"body: {kind}"]
        # What must be given comes before what may be left out.
        arguments = (
            bodies + arguments if arguments and "= {}" in arguments[0] else arguments + bodies
        )
    yield from _signature(operation, arguments)
    method, path = f'"{operation.method.upper()}"', _path(operation)
    if len(path) > 60:
        yield f"    const path = {path};"
        path = "path"
    yield f"    return this.http.send({method}, {path}, {{"
    yield from _call(operation)
    yield "    });"
    yield "  }"


def _signature(operation: Operation, arguments: list[str]) -> Iterator[str]:
    name, answer = method_name(operation), f"Promise<Answer<{_data(operation)}>>"
    line = f"  {name}({', '.join(arguments)}): {answer} {{"
    if len(line) <= WIDTH:
        yield line
        return
    yield f"  {name}("
    yield from (f"    {argument}," for argument in arguments)
    yield f"  ): {answer} {{"


def _data(operation: Operation) -> str:
    answer = operation.answer
    if answer is None:
        return "undefined"
    return type_of(answer.schema) if answer.schema is not None and answer.is_json else "Blob"


def _path(operation: Operation) -> str:
    """The path as a template in which parameters are encoded."""
    pieces = re.split(r"\{([^}]*)\}", operation.path)
    text = ""
    for index, piece in enumerate(pieces):
        if index % 2:
            name = key(piece)
            value = f"parameters.{name}" if name == piece else f"parameters[{name}]"
            text += f"${{encodeURIComponent({value})}}"
        else:
            text += re.sub(r"([`\\]|\$\{)", r"\\\1", piece)
    return f"`{text}`" if len(pieces) > 1 else f'"{text}"'


def _call(operation: Operation) -> Iterator[str]:
    for place, word in (("query", "query"), ("header", "headers")):
        sent = {name: one for name, one in _properties(operation).items() if one.place == place}
        if sent:
            yield f"      {word}: {{"
            for name, parameter in sent.items():
                value = f"parameters.{name}" if key(name) == name else f"parameters[{key(name)}]"
                yield f"        {key(parameter.name)}: {value},"
            yield "      },"
    if operation.body is not None:
        if operation.body.is_json:
            yield "      json: body,"
        else:
            yield "      form: { ...body }," if operation.body.is_form else "      bytes: body,"
    answer = operation.answer
    kind = "nothing" if answer is None else "json" if answer.is_json else "bytes"
    yield f'      answer: "{kind}",'
