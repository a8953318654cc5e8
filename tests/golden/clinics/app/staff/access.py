"""Who may do what with a staff, as conditions in SQL.

The row is `staff` in a statement with SOURCE. %(actor)s is the signed-in user's id (null for
nobody), %(roles)s are the user's roles.
"""

SOURCE = "FROM staff"
WITHIN = "staff.clinic_id = %(clinic_id)s"

# read: member
READABLE = """EXISTS (
    SELECT FROM staff AS staff_2
    WHERE staff_2.clinic_id = staff.clinic_id
      AND staff_2.user_id = %(actor)s
)"""

# list: member
LISTED = READABLE

# update: member:manager
UPDATABLE = """EXISTS (
    SELECT FROM staff AS staff_2
    WHERE staff_2.clinic_id = staff.clinic_id
      AND staff_2.user_id = %(actor)s
      AND staff_2.role = 'manager'
)"""

# delete: member:manager
DELETABLE = UPDATABLE

# create: member:manager
CREATABLE = UPDATABLE
