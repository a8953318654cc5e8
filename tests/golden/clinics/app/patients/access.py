"""Who may do what with a patient, as conditions in SQL.

The row is `patients` in a statement with SOURCE. %(actor)s is the signed-in user's id (null for
nobody), %(roles)s are the user's roles.
"""

SOURCE = "FROM patients"
WITHIN = "patients.clinic_id = %(clinic_id)s"

# read: member
READABLE = """EXISTS (
    SELECT FROM staff
    WHERE staff.clinic_id = patients.clinic_id
      AND staff.user_id = %(actor)s
)"""

# list: member
LISTED = READABLE

# update: member:receptionist
UPDATABLE = """EXISTS (
    SELECT FROM staff
    WHERE staff.clinic_id = patients.clinic_id
      AND staff.user_id = %(actor)s
      AND staff.role = 'receptionist'
)"""

# delete: member:manager
DELETABLE = """EXISTS (
    SELECT FROM staff
    WHERE staff.clinic_id = patients.clinic_id
      AND staff.user_id = %(actor)s
      AND staff.role = 'manager'
)"""

# create: member:receptionist
CREATABLE = UPDATABLE
