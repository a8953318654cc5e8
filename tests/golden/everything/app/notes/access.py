"""Who may do what with a note, as conditions in SQL.

The row is `notes` in a statement with SOURCE. %(actor)s is the signed-in user's id (null for
nobody), %(roles)s are the user's roles.
"""

SOURCE = "FROM notes"

# read: owner
READABLE = "notes.writer_id = %(actor)s"

# list: authenticated
LISTED = "(notes.writer_id = %(actor)s AND %(actor)s::uuid IS NOT NULL)"

# delete: owner
DELETABLE = "notes.writer_id = %(actor)s"
