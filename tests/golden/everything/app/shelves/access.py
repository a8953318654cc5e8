"""Who may do what with a shelf, as conditions in SQL.

The row is `shelves` in a statement with SOURCE. %(actor)s is the signed-in user's id (null for
nobody), %(roles)s are the user's roles.
"""

SOURCE = """FROM shelves JOIN rooms ON rooms.id = shelves.room_id JOIN branches ON branches.id = rooms.branch_id"""
WITHIN = "shelves.room_id = %(room_id)s AND rooms.branch_id = %(branch_id)s"

# read: public
READABLE = "true"

# list: public
LISTED = READABLE

# update: room.branch.manager
UPDATABLE = """(SELECT (SELECT branches.manager_id FROM branches WHERE branches.id = rooms.branch_id) FROM rooms WHERE rooms.id = shelves.room_id) = %(actor)s"""

# delete: room.branch.manager
DELETABLE = UPDATABLE

# create: room.branch.manager
CREATABLE = UPDATABLE
