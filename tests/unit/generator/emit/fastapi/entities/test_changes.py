"""Where rows have nothing that a request could change, none of the code for changes is emitted."""

from __future__ import annotations

from local_engine.generator.blueprint import load
from local_engine.generator.emit import FileTree, emit

_LEFT = """
name: Baskets
entities:
  Basket:
    owner: holder
    fields: {{picture: {{type: file}}}}
    relations: {{holder: {{to: User}}, items: {{many: Item}}, tags: {{links: Tag}}}}
    access: {{list: owner, read: owner, create: authenticated, update: owner, delete: owner}}
    effects: [{{on: update, email: changed, to: holder.email}}]
  Item:
    part_of: basket
    fields: {{text: {text}}}
    relations: {{basket: {{to: Basket}}}}
  Tag: {{fields: {{name: string}}, access: {{list: public, read: public, create: admin}}}}
emails: {{changed: {{subject: "Changed", text: "It is another one."}}}}
"""


def emitted(text: str) -> FileTree:
    blueprint = _LEFT.format(text=text)
    return emit(load(blueprint).application, blueprint)


def test_files_links_and_parts_are_written_all_the_same() -> None:
    tree = emitted("string")
    router, repository = tree.text("app/baskets/router.py"), tree.text("app/baskets/repository.py")
    assert "@router.patch" not in router
    assert "BasketUpdate" not in tree.text("app/baskets/schemas.py")
    assert "async def update(" not in repository
    assert "LOCK_FOR_UPDATE" in repository
    assert "follow_update" in tree.text("app/baskets/effects.py")
    for path in ("/{basket_id}/picture", "/{basket_id}/tags/{tag_id}"):
        assert f'@router.put(\n    "{path}"' in router
    assert "@router.patch" in tree.text("app/items/router.py")
    assert "PATCH | `/baskets/{basket_id}`" not in tree.text("README.md")


def test_nothing_is_locked_for_a_change_that_does_not_exist() -> None:
    tree = emitted("{type: string, immutable: true}")
    repository = tree.text("app/items/repository.py")
    assert "@router.patch" not in tree.text("app/items/router.py")
    assert "LOCK_FOR_UPDATE" not in repository
    assert "lock_for_update" not in repository
    assert "lock_for_delete" in repository
