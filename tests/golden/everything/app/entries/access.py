"""Who may do what with an entry, as conditions in SQL.

The row is `entries` in a statement with SOURCE. %(actor)s is the signed-in user's id (null for
nobody), %(roles)s are the user's roles.
"""

SOURCE = "FROM entries JOIN accounts ON accounts.id = entries.account_id"
WITHIN = "entries.account_id = %(account_id)s"

# read: account.owner, librarian
READABLE = """(
    (accounts.holder_id = %(actor)s OR 'librarian' = ANY(%(roles)s))
    AND (
        (SELECT accounts.holder_id FROM accounts WHERE accounts.id = entries.account_id) = %(actor)s
        OR 'librarian' = ANY(%(roles)s)
    )
)"""

# list: account.owner
LISTED = """(
    (
        (accounts.holder_id = %(actor)s OR 'librarian' = ANY(%(roles)s))
        AND (
            (SELECT accounts.holder_id FROM accounts WHERE accounts.id = entries.account_id) = %(actor)s
            OR 'librarian' = ANY(%(roles)s)
        )
    )
    AND (SELECT accounts.holder_id FROM accounts WHERE accounts.id = entries.account_id) = %(actor)s
)"""
