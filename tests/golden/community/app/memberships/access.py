"""Who may do what with a membership, as conditions in SQL.

The row is `memberships` in a statement with SOURCE. %(actor)s is the signed-in user's id (null for
nobody), %(roles)s are the user's roles.
"""

SOURCE = "FROM memberships"

# read: member
READABLE = """(
    EXISTS (
        SELECT FROM memberships AS memberships_2
        WHERE memberships_2.community_id = memberships.community_id
          AND memberships_2.user_id = %(actor)s
    )
    OR (SELECT communities.creator_id FROM communities WHERE communities.id = memberships.community_id) = %(actor)s
)"""

# list: member
LISTED = READABLE

# update: community.owner
UPDATABLE = """(SELECT communities.creator_id FROM communities WHERE communities.id = memberships.community_id) = %(actor)s"""

# delete: owner, community.owner
DELETABLE = """(
    memberships.user_id = %(actor)s
    OR (SELECT communities.creator_id FROM communities WHERE communities.id = memberships.community_id) = %(actor)s
)"""
