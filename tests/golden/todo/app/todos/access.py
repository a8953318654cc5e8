"""Who may do what with a todo, as conditions in SQL.

The row is `todos` in a statement with SOURCE. %(actor)s is the signed-in user's id (null for
nobody), %(roles)s are the user's roles.
"""

SOURCE = "FROM todos"

# read: owner
READABLE = "todos.owner_id = %(actor)s"

# list: owner
LISTED = READABLE

# update: owner
UPDATABLE = "todos.owner_id = %(actor)s"

# delete: owner
DELETABLE = "todos.owner_id = %(actor)s"
