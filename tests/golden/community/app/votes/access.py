"""Who may do what with a vote, as conditions in SQL.

The row is `votes` in a statement with SOURCE. %(actor)s is the signed-in user's id (null for
nobody), %(roles)s are the user's roles.
"""

SOURCE = "FROM votes"

# read: owner
READABLE = "votes.voter_id = %(actor)s"

# update: owner
UPDATABLE = "votes.voter_id = %(actor)s"

# delete: owner
DELETABLE = "votes.voter_id = %(actor)s"
