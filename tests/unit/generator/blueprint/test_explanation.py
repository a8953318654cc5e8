"""Every default is made visible."""

from __future__ import annotations

from pathlib import Path

from local_engine.generator.blueprint import explain, load


def _lines(name: str) -> list[str]:
    return explain(load(Path(f"docs/examples/language/{name}.yaml").read_text()).application)


def test_the_bakery() -> None:
    lines = _lines("bakery")
    assert any(line.endswith("at most 5242880 bytes, content type image/png or image/jpeg")
               for line in lines)  # fmt: skip
    for line in (
        "  who registers gets customer",
        "Order: table orders, collection /orders",
        "OrderLine: table order_lines, collection /orders/{order_id}/lines",
        "  note: text, may be null, 0 to 500 characters",
        "  pick_up_at: datetime, required",
        "  amount: money, computed: quantity * unit_price, 2 digits after the point",
        "  customer: one User, the owner, set to the signed-in user, immutable, on delete restrict",
        "  rule order.editable_while: It can be changed only while status == 'cart'",
        "  status: one of cart, placed, ready, cancelled; starts as cart",
        "  create: who may update the order",
        "report revenue: sum of Order, per day",
    ):
        assert line in lines


def test_the_clinics() -> None:
    lines = _lines("clinics")
    assert "Patient: table patients, collection /clinics/{clinic_id}/patients" in lines
    assert "  clinic: one Clinic, set from the path, immutable, on delete cascade" in lines
    assert "  delete: nobody" in lines
