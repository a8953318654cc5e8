"""Who may do what with an order, as conditions in SQL.

The row is `orders` in a statement with SOURCE. %(actor)s is the signed-in user's id (null for
nobody), %(roles)s are the user's roles.
"""

SOURCE = "FROM orders"

# read: owner, baker
READABLE = "(orders.customer_id = %(actor)s OR 'baker' = ANY(%(roles)s))"

# list: owner, baker
LISTED = READABLE

# update: owner
UPDATABLE = "orders.customer_id = %(actor)s"

# delete: owner
DELETABLE = "orders.customer_id = %(actor)s"
