"""The proxy part: the only one that publishes a port."""

from importlib import resources

FILE = "forward.py"


def program() -> str:
    """Its text; it runs by itself, on any Python."""
    return (resources.files(__package__) / FILE).read_text("utf-8")
