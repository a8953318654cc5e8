"""HTML elements as Python calls; whatever is not markup already is escaped."""

from html import escape


class Markup(str):
    """Text that is HTML already."""

    __slots__ = ()


def element(name: str, *children: str, **attributes: str | bool) -> Markup:
    """An element; `class_` is written `class`, True is an attribute without a value."""
    written = "".join(_attribute(key.rstrip("_"), value) for key, value in attributes.items())
    return Markup(f"<{name}{written}>{join(*children)}</{name}>")


def join(*children: str) -> Markup:
    """Markup and texts one after another."""
    return Markup("".join(c if isinstance(c, Markup) else escape(_visible(c)) for c in children))


def _attribute(name: str, value: str | bool) -> str:
    if value is False:
        return ""
    return f" {name}" if value is True else f' {name}="{escape(_visible(value))}"'


def _visible(text: str) -> str:
    """Control characters and lone surrogates as what they are called: HTML cannot hold them."""
    if text.isprintable():
        return text
    return "".join(c if c in "\t\n\r" or c.isprintable() else _name(c) for c in text)


def _name(character: str) -> str:
    return f"\\u{ord(character):04x}"
