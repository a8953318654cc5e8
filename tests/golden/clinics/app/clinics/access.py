"""Who may do what with a clinic, as conditions in SQL.

The row is `clinics` in a statement with SOURCE. %(actor)s is the signed-in user's id (null for
nobody), %(roles)s are the user's roles.
"""

SOURCE = "FROM clinics"

# read: member
READABLE = """EXISTS (
    SELECT FROM staff
    WHERE staff.clinic_id = clinics.id
      AND staff.user_id = %(actor)s
)"""

# list: member
LISTED = READABLE

# update: member:manager
UPDATABLE = """EXISTS (
    SELECT FROM staff
    WHERE staff.clinic_id = clinics.id
      AND staff.user_id = %(actor)s
      AND staff.role = 'manager'
)"""
