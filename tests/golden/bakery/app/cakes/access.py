"""Who may do what with a cake, as conditions in SQL.

The row is `cakes` in a statement with SOURCE. %(actor)s is the signed-in user's id (null for
nobody), %(roles)s are the user's roles.
"""

SOURCE = "FROM cakes"

# read: public
READABLE = "true"

# list: public
LISTED = READABLE

# update: baker
UPDATABLE = "'baker' = ANY(%(roles)s)"

# delete: baker
DELETABLE = "'baker' = ANY(%(roles)s)"
