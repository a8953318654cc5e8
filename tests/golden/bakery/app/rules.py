"""The rules that the database keeps, by constraint, and what clients are told of them."""

from app.core.rules import Reference, Rule, Rules

RULES: Rules = {
    "users_email_key": Rule(
        "user.email.unique",
        "There is an account with this e-mail address already.",
        pointer="/email",
        code="taken",
    ),
    "users_last_admin": Rule(
        "user.last_admin", "This is the last active admin: make somebody else an admin first."
    ),
    "cake_name_min": Rule("cake.name.min", "Name must be at least 1 character."),
    "cake_name_max": Rule("cake.name.max", "Name must be at most 80 characters."),
    "cake_flavour_values": Rule("cake.flavour.values", "Flavour is not one of its values."),
    "cake_price_min": Rule("cake.price.min", "Price must be at least 0.01."),
    "cake_price_max": Rule("cake.price.max", "Price must be at most 999999999999999.99."),
    "cake_stock_min": Rule("cake.stock.min", "Stock must be at least 0."),
    "cake_stock_max": Rule("cake.stock.max", "Stock must be at most 9007199254740991."),
    "cakes_picture_file_id_fkey": Reference("Cake"),
    "order_pick_up_at_range": Rule("order.pick_up_at.range", "pick_up_at is out of range."),
    "order_note_max": Rule("order.note.max", "Note must be at most 500 characters."),
    "order_total_range": Rule("order.total.range", "Total is out of range."),
    "order_status": Rule("order.status", "Status is not one of its states."),
    "orders_customer_id_fkey": Reference("Order"),
    "order_line_quantity_min": Rule("order_line.quantity.min", "Quantity must be at least 1."),
    "order_line_quantity_max": Rule("order_line.quantity.max", "Quantity must be at most 50."),
    "order_line_unit_price_min": Rule(
        "order_line.unit_price.min", "unit_price must be at least 0.01."
    ),
    "order_line_unit_price_max": Rule(
        "order_line.unit_price.max", "unit_price must be at most 999999999999999.99."
    ),
    "order_line_amount_range": Rule("order_line.amount.range", "Amount is out of range."),
    "order_line_unique": Rule(
        "order_line.unique", "There is one with the same order and cake already."
    ),
    "order_lines_order_id_fkey": Reference("OrderLine"),
    "order_lines_cake_id_fkey": Reference("OrderLine", "/cake_id"),
}
