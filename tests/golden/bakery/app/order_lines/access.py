"""Who may do what with an order line, as conditions in SQL.

The row is `order_lines` in a statement with SOURCE. %(actor)s is the signed-in user's id (null for
nobody), %(roles)s are the user's roles.
"""

from app.orders import access as orders

SOURCE = "FROM order_lines JOIN orders ON orders.id = order_lines.order_id"
WITHIN = "order_lines.order_id = %(order_id)s"

# read: who may read the order
READABLE = orders.READABLE

# list: who may read the order
LISTED = orders.READABLE

# update: who may change the order
UPDATABLE = orders.UPDATABLE

# delete: who may change the order
DELETABLE = orders.UPDATABLE
