"""Rules on orders that are asked before the database."""

from app.core.rules import Rule

EDITABLE_WHILE = (Rule("order.editable_while", "It can be changed only while status == 'cart'."),)
