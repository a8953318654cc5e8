"""The resolved Blueprint that the service is written to."""

from decimal import Decimal

from local_engine.generator.blueprint.resolved import (
    USER,
    Access,
    Accounts,
    Application,
    Authenticated,
    Clause,
    Entity,
    Field,
    FieldType,
    LiteralDefault,
    Public,
    StateMachine,
    ToOne,
    Transition,
    UserAt,
)

PUBLIC = Access((Clause(Public()),))
SIGNED_IN = Access((Clause(Authenticated()),))
OWNER = Access((Clause(UserAt(("author",), "owner")),))
NOBODY = Access()

FIELDS = (
    Field("title", FieldType.STRING, minimum=1, maximum=80, search=True, filter=True, sort=True),
    Field("body", FieldType.TEXT, optional=True, minimum=0, maximum=2000, search=True),
    Field("stars", FieldType.INTEGER, minimum=1, maximum=5, filter=True, sort=True),
    Field("price", FieldType.MONEY, minimum=Decimal("0.01"), filter=True, sort=True),
    Field("due_on", FieldType.DATE, optional=True, filter=True, sort=True),
    Field("starts_at", FieldType.DATETIME, optional=True, filter=True, sort=True),
    Field("kind", FieldType.ENUM, values=("memo", "letter"), default=LiteralDefault("memo"),
          filter=True),
    Field("code", FieldType.STRING, pattern="[A-Z]{3}-[0-9]{6}", minimum=1, maximum=255,
          unique=True, immutable=True),
    Field("done", FieldType.BOOLEAN, default=LiteralDefault(value=False), filter=True),
    Field("labels", FieldType.LIST, optional=True, item_type=FieldType.STRING, minimum=0,
          maximum=5),
    Field("secret", FieldType.STRING, optional=True, private=True, minimum=1, maximum=255),
)  # fmt: skip

NOTE = Entity(
    name="Note",
    table="notes",
    segment="notes",
    fields={field.name: field for field in FIELDS},
    to_one={
        "author": ToOne("author", USER, immutable=True),
        "parent": ToOne("parent", "Note", optional=True),
    },
    to_many={},
    links={},
    access={
        "list": PUBLIC,
        "read": PUBLIC,
        "create": SIGNED_IN,
        "update": OWNER,
        "delete": OWNER,
    },
    states=StateMachine(
        "status",
        "open",
        ("open", "filed"),
        {"file": Transition("file", ("open",), "filed", OWNER, (), (), ())},
        {},
    ),
    owner="author",
    owner_path=("author",),
)

USERS = Entity(
    name=USER,
    table="users",
    segment="users",
    fields={},
    to_one={},
    to_many={},
    links={},
    access=dict.fromkeys(("list", "read", "create", "update", "delete"), NOBODY),
)

APPLICATION = Application(
    name="Notes",
    slug="notes",
    description="",
    currency="EUR",
    currency_digits=2,
    time_zone="UTC",
    accounts=Accounts("open", ("admin", "editor"), None, {}),
    tenancy=None,
    entities={USER: USERS, "Note": NOTE},
    operations={},
    reports={},
    feeds={},
    jobs={},
    emails={},
    webhooks=(),
)
