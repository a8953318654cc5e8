"""Who may do what with a transfer, as conditions in SQL.

The row is `transfers` in a statement with SOURCE. %(actor)s is the signed-in user's id (null for
nobody), %(roles)s are the user's roles.
"""

SOURCE = "FROM transfers"

# read: owner
READABLE = "transfers.sender_id = %(actor)s"

# list: owner
LISTED = READABLE
