"""Who may do what with a loan, as conditions in SQL.

The row is `loans` in a statement with SOURCE. %(actor)s is the signed-in user's id (null for
nobody), %(roles)s are the user's roles.
"""

SOURCE = "FROM loans"

# read: owner, librarian
READABLE = "(loans.borrower_id = %(actor)s OR 'librarian' = ANY(%(roles)s))"

# list: owner, librarian
LISTED = READABLE

# update: owner
UPDATABLE = "loans.borrower_id = %(actor)s"

# delete: librarian
DELETABLE = "'librarian' = ANY(%(roles)s)"
