"""Who may do what with a room, as conditions in SQL.

The row is `rooms` in a statement with SOURCE. %(actor)s is the signed-in user's id (null for
nobody), %(roles)s are the user's roles.
"""

from app.branches import access as branches

SOURCE = "FROM rooms JOIN branches ON branches.id = rooms.branch_id"
WITHIN = "rooms.branch_id = %(branch_id)s"

# read: who may read the branch
READABLE = branches.READABLE

# list: who may read the branch
LISTED = branches.READABLE

# update: who may change the branch
UPDATABLE = branches.UPDATABLE

# delete: who may change the branch
DELETABLE = branches.UPDATABLE
