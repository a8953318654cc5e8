"""Who may do what with a community, as conditions in SQL.

The row is `communities` in a statement with SOURCE. %(actor)s is the signed-in user's id (null for
nobody), %(roles)s are the user's roles.
"""

SOURCE = "FROM communities"

# read: public
READABLE = "true"

# list: public
LISTED = READABLE

# update: owner, member:moderator
UPDATABLE = """(
    communities.creator_id = %(actor)s
    OR EXISTS (
        SELECT FROM memberships
        WHERE memberships.community_id = communities.id
          AND memberships.user_id = %(actor)s
          AND memberships.role = 'moderator'
    )
)"""

# delete: owner
DELETABLE = "communities.creator_id = %(actor)s"
