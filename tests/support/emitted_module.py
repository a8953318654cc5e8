"""Looks at a module of an emitted project: its constants and functions, by name."""

from __future__ import annotations

import ast
import textwrap

from local_engine.generator.blueprint import load
from local_engine.generator.emit import FileTree, emit


def project_of(blueprint: str) -> FileTree:
    """The project of a Blueprint, given without its first two lines."""
    text = "blueprint: 1\nname: Sample\n" + textwrap.dedent(blueprint)
    loaded = load(text)
    assert loaded.application is not None, loaded
    return emit(loaded.application, text)


class EmittedModule:
    """One module of a project. Code is given as the standard library prints it."""

    def __init__(self, tree: FileTree, path: str) -> None:
        self.text = tree.text(path)
        self._body = ast.parse(self.text).body

    def constant(self, name: str) -> str:
        """A text constant in one line, with single blanks; `{x}` stays as it is written."""
        value = self._value(name)
        if isinstance(value, ast.JoinedStr):
            pieces = [
                f"{{{ast.unparse(piece.value)}}}"
                if isinstance(piece, ast.FormattedValue)
                else str(ast.literal_eval(piece))
                for piece in value.values
            ]
            return " ".join("".join(pieces).split())
        return " ".join(str(ast.literal_eval(value)).split())

    def expression(self, name: str) -> str:
        """The value of any constant, as code."""
        return ast.unparse(self._value(name))

    def constants(self) -> list[str]:
        """The names of all constants, in order."""
        return [t.id for n in self._body if isinstance(n, ast.Assign) for t in _names(n)]

    def function(self, name: str) -> str:
        """A function with its decorators, without its docstring."""
        for node in self._body:
            if isinstance(node, ast.AsyncFunctionDef | ast.FunctionDef) and node.name == name:
                if ast.get_docstring(node) is not None:
                    node.body = node.body[1:] or [ast.Pass()]
                return ast.unparse(node)
        raise KeyError(name)

    def calls(self, function: str) -> list[str]:
        """What a function calls, in the order of the text."""
        found = [n for n in ast.walk(ast.parse(self.function(function))) if isinstance(n, ast.Call)]
        found.sort(key=lambda node: (node.lineno, node.col_offset))
        return [ast.unparse(node.func) for node in found]

    def _value(self, name: str) -> ast.expr:
        for node in self._body:
            if isinstance(node, ast.Assign) and any(t.id == name for t in _names(node)):
                return node.value
        raise KeyError(name)


def _names(node: ast.Assign) -> list[ast.Name]:
    return [target for target in node.targets if isinstance(target, ast.Name)]
