"""A new database's cluster: made once as an image, copied for each database."""

from importlib import resources

FILE = "start.sh"
FOLDER = "/prepared"


def program() -> str:
    """What its container begins with; it runs by itself, in the image of PostgreSQL."""
    return (resources.files(__package__) / FILE).read_text("utf-8")
