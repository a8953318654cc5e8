"""Who may do what with an entry, as conditions in SQL.

The row is `entries` in a statement with SOURCE. %(actor)s is the signed-in user's id (null for
nobody), %(roles)s are the user's roles.
"""

from app.accounts_rows import access as accounts_rows

SOURCE = "FROM entries JOIN accounts ON accounts.id = entries.account_id"
WITHIN = "entries.account_id = %(account_id)s"

# read: who may read the account
READABLE = accounts_rows.READABLE

# list: who may read the account
LISTED = accounts_rows.READABLE
