"""Who may do what with an item, as conditions in SQL.

The row is `items` in a statement with SOURCE. %(actor)s is the signed-in user's id (null for
nobody), %(roles)s are the user's roles.
"""

SOURCE = "FROM items"

# read: public
READABLE = "true"

# list: public
LISTED = READABLE

# update: librarian
UPDATABLE = "'librarian' = ANY(%(roles)s)"

# delete: librarian
DELETABLE = "'librarian' = ANY(%(roles)s)"
