"""Who may do what with a rating, as conditions in SQL.

The row is `ratings` in a statement with SOURCE. %(actor)s is the signed-in user's id (null for
nobody), %(roles)s are the user's roles.
"""

SOURCE = "FROM ratings"

# read: public
READABLE = "true"

# list: public
LISTED = READABLE

# update: owner
UPDATABLE = "ratings.rater_id = %(actor)s"

# delete: owner
DELETABLE = "ratings.rater_id = %(actor)s"
