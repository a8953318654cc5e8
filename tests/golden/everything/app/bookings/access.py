"""Who may do what with a booking, as conditions in SQL.

The row is `bookings` in a statement with SOURCE. %(actor)s is the signed-in user's id (null for
nobody), %(roles)s are the user's roles.
"""

SOURCE = "FROM bookings"

# read: owner, room.branch.owner
READABLE = """(
    bookings.booker_id = %(actor)s
    OR (SELECT (SELECT branches.manager_id FROM branches WHERE branches.id = rooms.branch_id) FROM rooms WHERE rooms.id = bookings.room_id) = %(actor)s
)"""

# list: owner, room.branch.owner
LISTED = READABLE

# update: owner
UPDATABLE = "bookings.booker_id = %(actor)s"

# delete: owner, room.branch.owner
DELETABLE = READABLE

# create: authenticated if room.open
CREATABLE = """(
    %(actor)s::uuid IS NOT NULL
    AND (SELECT r.open FROM rooms AS r WHERE r.id = bookings.room_id)
)"""
