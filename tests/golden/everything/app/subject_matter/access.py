"""Who may do what with a topic, as conditions in SQL.

The row is `subject_matter` in a statement with SOURCE. %(actor)s is the signed-in user's id (null for
nobody), %(roles)s are the user's roles.
"""

SOURCE = "FROM subject_matter"

# read: public
READABLE = "true"

# list: public
LISTED = READABLE

# update: librarian
UPDATABLE = "'librarian' = ANY(%(roles)s)"

# delete: admin
DELETABLE = "'admin' = ANY(%(roles)s)"
