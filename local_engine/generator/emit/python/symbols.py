"""Names that a module takes from elsewhere, and the import block that follows from them.

Generated code never writes an import by hand: an expression mentions a `Symbol`, and the module
that it ends up in imports it, under another name where a local definition has taken it already.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from local_engine.generator.emit.python.layout import WIDTH


@dataclass(frozen=True, order=True)
class Symbol:
    """A name of another module: `Symbol("app.core.db", "Database")`.

    With an empty `name` it is a top-level module itself: `Symbol("datetime")`. `alias` is what the
    importing module prefers to call it.
    """

    module: str
    name: str = ""
    alias: str = ""

    @property
    def bare(self) -> str:
        """What the importing module calls it unless that name is taken."""
        return self.alias or self.name or self.module


@dataclass
class Scope:
    """The names of one module at its top level: own definitions and imports.

    `module` is its dotted name. Imports from the same package are written relative to it, all
    others absolute.
    """

    module: str
    is_package: bool = False
    _owners: dict[str, Symbol | None] = field(default_factory=dict)
    _local: dict[Symbol, str] = field(default_factory=dict)

    def define(self, name: str) -> None:
        """Claim a name for a definition of the module itself.

        Raises ValueError if the module has it already.
        """
        if name in self._owners:
            raise ValueError(f"{self.module} defines the name {name} twice")
        self._owners[name] = None

    def use(self, symbol: Symbol) -> str:
        """The name by which this module knows `symbol`; it will be imported."""
        known = self._local.get(symbol)
        if known is not None:
            return known
        name = symbol.bare
        while name in self._owners:
            name += "_"
        self._owners[name] = symbol
        self._local[symbol] = name
        return name

    def imports(self) -> str:
        """The import statements, in ruff's (isort's) order; empty if there are none."""
        sections: dict[int, list[str]] = defaultdict(list)
        for module, name in sorted(self._modules()):
            renamed = "" if name == module else f" as {name}"
            sections[self._rank(module)].append(f"import {module}{renamed}")
        members = self._members()
        for module in sorted(members, key=str.lower):
            found = sorted(
                members[module], key=lambda pair: (_kind(pair[0]), pair[0].lower(), pair)
            )
            for together in _statements(found):
                sections[self._rank(module)].append(_from_import(module, together))
        return "\n\n".join("\n".join(sections[rank]) for rank in sorted(sections))

    def _modules(self) -> Iterable[tuple[str, str]]:
        """Modules that are imported as a whole, with the names they get."""
        for symbol, name in self._local.items():
            if not symbol.name:
                yield symbol.module, name

    def _members(self) -> dict[str, list[tuple[str, str]]]:
        """For each module (relative where it is near) what is imported from it, and as what."""
        members: dict[str, list[tuple[str, str]]] = defaultdict(list)
        for symbol, name in self._local.items():
            if symbol.name:
                members[self._relative(symbol.module)].append((symbol.name, name))
        return members

    def _relative(self, module: str) -> str:
        package = self.module if self.is_package else self.module.rpartition(".")[0]
        if "." not in package:
            return module
        if module == package:
            return "."
        if module.startswith(f"{package}."):
            return module.removeprefix(package)
        return module

    def _rank(self, module: str) -> int:
        """The section of a module: future, standard library, third parties, own, same package."""
        top = module.partition(".")[0]
        if not top:
            return 4
        if top == "__future__":
            return 0
        if top in sys.stdlib_module_names:
            return 1
        return 3 if top == self.module.partition(".")[0] else 2


def _kind(name: str) -> int:
    """isort's order by type: constants, classes, the rest."""
    if name.isupper() and len(name) > 1:
        return 0
    return 1 if name[:1].isupper() else 2


def _statements(names: list[tuple[str, str]]) -> list[list[tuple[str, str]]]:
    """What is imported from one module, by statement: a renamed name has one of its own."""
    plain = [pair for pair in names if pair[0] == pair[1]]
    found = [[pair] for pair in names if pair[0] != pair[1]] + ([plain] if plain else [])
    return sorted(found, key=lambda statement: names.index(statement[0]))


def _from_import(module: str, names: list[tuple[str, str]]) -> str:
    spelled = [name if name == local else f"{name} as {local}" for name, local in names]
    line = f"from {module} import {', '.join(spelled)}"
    if len(line) <= WIDTH:
        return line
    inner = "".join(f"    {name},\n" for name in spelled)
    return f"from {module} import (\n{inner})"
