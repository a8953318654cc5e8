"""Who may do what with a memo, as conditions in SQL.

The row is `memos` in a statement with SOURCE. %(actor)s is the signed-in user's id (null for
nobody), %(roles)s are the user's roles.
"""

SOURCE = "FROM memos"

# read: librarian
READABLE = "'librarian' = ANY(%(roles)s)"

# list: librarian
LISTED = READABLE
