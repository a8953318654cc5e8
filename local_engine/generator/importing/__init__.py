"""From what others keep to a Blueprint, with an account of what was taken, assumed and left out.

`import_sql` reads DDL, `import_openapi` an OpenAPI document, `import_blueprint` the Blueprint of a
project. Nothing in here opens a file or a socket: sources come as texts.
"""

from local_engine.generator.importing.blueprints import import_blueprint
from local_engine.generator.importing.openapi.importing import import_openapi
from local_engine.generator.importing.report import (
    Import,
    ImportRefused,
    Note,
    Outcome,
)
from local_engine.generator.importing.tables import import_sql

__all__ = [
    "Import",
    "ImportRefused",
    "Note",
    "Outcome",
    "import_blueprint",
    "import_openapi",
    "import_sql",
]
