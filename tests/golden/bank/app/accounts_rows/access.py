"""Who may do what with an account, as conditions in SQL.

The row is `accounts` in a statement with SOURCE. %(actor)s is the signed-in user's id (null for
nobody), %(roles)s are the user's roles.
"""

SOURCE = "FROM accounts"

# read: owner
READABLE = "accounts.holder_id = %(actor)s"

# list: owner
LISTED = READABLE
