"""Makes a failing expression smaller, so that one can see what it fails for."""

from __future__ import annotations

import ast
import copy
from collections.abc import Callable, Iterator


def shrunk(text: str, fails: Callable[[str], bool], attempts: int = 2_000) -> str:
    """The smallest expression that was found by dropping parts and still fails."""
    tried: set[str] = {text}
    while attempts > 0:
        for candidate in _smaller(text):
            if candidate not in tried:
                tried.add(candidate)
                attempts -= 1
                if fails(candidate):
                    text = candidate
                    break
        else:
            break
    return text


def _smaller(text: str) -> Iterator[str]:
    """The expression with one part put in the place of the part around it."""
    tree = ast.parse(text, mode="eval")
    places = [node for node in ast.walk(tree) if isinstance(node, ast.expr)]
    for index, place in enumerate(places):
        inner = [part for part in ast.walk(place) if isinstance(part, ast.expr)][1:]
        for number in range(len(inner)):
            made = copy.deepcopy(tree)
            around = [node for node in ast.walk(made) if isinstance(node, ast.expr)][index]
            part = [node for node in ast.walk(around) if isinstance(node, ast.expr)][number + 1]
            yield ast.unparse(_Replace(around, part).visit(made))


class _Replace(ast.NodeTransformer):
    def __init__(self, around: ast.expr, part: ast.expr) -> None:
        self._around, self._part = around, part

    def visit(self, node: ast.AST) -> ast.AST:
        if node is self._around:
            return self._part
        visited = self.generic_visit(node)
        assert isinstance(visited, ast.AST)
        return visited
