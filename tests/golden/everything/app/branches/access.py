"""Who may do what with a branch, as conditions in SQL.

The row is `branches` in a statement with SOURCE. %(actor)s is the signed-in user's id (null for
nobody), %(roles)s are the user's roles.
"""

SOURCE = "FROM branches"

# read: public
READABLE = "true"

# list: public
LISTED = READABLE

# update: owner, admin
UPDATABLE = "(branches.manager_id = %(actor)s OR 'admin' = ANY(%(roles)s))"

# delete: admin
DELETABLE = "'admin' = ANY(%(roles)s)"
