"""Who may do what with an account, as conditions in SQL.

The row is `accounts` in a statement with SOURCE. %(actor)s is the signed-in user's id (null for
nobody), %(roles)s are the user's roles.
"""

SOURCE = "FROM accounts"

# read: owner, librarian
READABLE = "(accounts.holder_id = %(actor)s OR 'librarian' = ANY(%(roles)s))"

# list: owner
LISTED = """(
    (accounts.holder_id = %(actor)s OR 'librarian' = ANY(%(roles)s))
    AND accounts.holder_id = %(actor)s
)"""
