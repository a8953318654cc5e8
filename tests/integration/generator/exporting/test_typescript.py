"""The TypeScript client of an emitted project compiles strictly and works against it, running."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
from repository_rules import ROOT
from structure import lost
from typescript_compiler import compile_typescript, require_typescript

from local_engine.generator.blueprint import load, load_file
from local_engine.generator.exporting import ApiDocument, typescript_client
from local_engine.generator.importing import import_openapi
from local_engine.projects import Project
from local_engine.runtime.openapi import project_openapi
from local_engine.runtime.preview import Preview

EXAMPLES = ROOT / "docs/examples"

USE = """
import { Client, ProblemError } from "./index.js";

const base = process.argv[2];
let stored = null;
const client = new Client({ baseUrl: base, onTokens: (tokens) => (stored = tokens) });
const account = { email: "ann@example.com", password: "correct horse battery" };
await client.register(account);
await client.signIn(account.email, account.password);
const made = await client.createTodo({ title: "Write a client" }, { "Idempotency-Key": "one" });
if (made.status !== 201 || made.etag === null) throw new Error("not created");
const again = await client.createTodo({ title: "Write a client" }, { "Idempotency-Key": "one" });
if (again.data.id !== made.data.id) throw new Error("made twice");
const changed = await client.updateTodo(
  { todo_id: made.data.id, "If-Match": made.etag }, { done: true });
if (!changed.data.done) throw new Error("not changed");

// The access token is spoilt: the client renews it, once for all requests that wait for it.
client.http.setTokens({ ...client.http.tokens, access_token: "spoilt" });
const pages = await Promise.all([1, 2, 3].map(() => client.listTodos({ limit: 10, done: true })));
if (pages.some((page) => page.data.items.length !== 1)) throw new Error("not listed");
if (stored.access_token === "spoilt") throw new Error("not renewed");

const refusal = await client.createTodo({ title: "" }).catch((error) => error);
if (!(refusal instanceof ProblemError) || refusal.status !== 422) throw new Error("not refused");
if (refusal.problem.errors[0].pointer !== "/title") throw new Error("no pointer");
const stale = await client
  .updateTodo({ todo_id: made.data.id, "If-Match": made.etag }, { done: false })
  .catch((error) => error);
if (stale.status !== 412) throw new Error("not stale");
await client.deleteTodo({ todo_id: made.data.id });
await client.signOut();
const after = await client.listTodos().catch((error) => error);
if (after.status !== 401) throw new Error("still signed in");
console.log("all is well");
"""


def project(name: str, folder: Path) -> Path:
    Project.create(folder, load_file(EXAMPLES / name))
    return folder


def client_of(folder: Path, target: Path) -> None:
    target.mkdir()
    for name, content in typescript_client(ApiDocument.of(project_openapi(folder))).items():
        (target / name).write_bytes(content)


@pytest.mark.parametrize(
    "name",
    ["language/bakery.yaml", "language/clinics.yaml", "09-wallet/blueprint.yaml"],
)
def test_the_client_compiles_strictly(name: str, tmp_path: Path) -> None:
    require_typescript()
    client_of(project(name, tmp_path / "project"), tmp_path / "client")
    compile_typescript(tmp_path / "client", "--noEmit")


def test_a_mistake_does_not_compile(tmp_path: Path) -> None:
    require_typescript()
    client_of(project("01-todo/blueprint.yaml", tmp_path / "project"), tmp_path / "client")
    use = tmp_path / "client/use.ts"
    use.write_text(
        'import { Client } from "./index.js";\n'
        'export const made = new Client({ baseUrl: "" }).createTodo({ titel: "x" });\n'
    )
    with pytest.raises(AssertionError, match="titel"):
        compile_typescript(tmp_path / "client", "--noEmit")


def test_the_client_works_against_the_running_project(tmp_path: Path) -> None:
    node = require_typescript()
    folder = project("01-todo/blueprint.yaml", tmp_path / "project")
    client_of(folder, tmp_path / "client")
    compile_typescript(tmp_path / "client")
    script = tmp_path / "client/dist/use.js"
    script.write_text(USE)
    preview = Preview.start(folder)
    try:
        done = subprocess.run(
            [node, script, preview.url], capture_output=True, text=True, timeout=60, check=False
        )
    finally:
        preview.stop()
    assert done.stdout.strip() == "all is well", done.stderr


LOSSES = {
    # What JSON Schema does not say: defaults, what is unique, what is computed, what follows a
    # deletion, the least amount of a decimal string.
    "language/bakery.yaml": [
        "Cake.price.minimum", "Order.status.default", "OrderLine.amount.computed",
        "OrderLine.unit_price.minimum",
    ],
    "01-todo/blueprint.yaml": ["Todo.done.default", "Todo.done.optional"],
}  # fmt: skip


@pytest.mark.parametrize("name", sorted(LOSSES))
def test_the_document_is_read_back(name: str, tmp_path: Path) -> None:
    application = load_file(EXAMPLES / name).application
    text = json.dumps(project_openapi(project(name, tmp_path / "project")))
    found = load(import_openapi(text).text).application
    assert sorted(lost(application, found)) == LOSSES[name]
