"""Who may do what with a post, as conditions in SQL.

The row is `posts` in a statement with SOURCE. %(actor)s is the signed-in user's id (null for
nobody), %(roles)s are the user's roles.
"""

SOURCE = "FROM posts"

# read: public
READABLE = "true"

# list: public
LISTED = READABLE

# update: owner
UPDATABLE = "posts.author_id = %(actor)s"

# delete: owner, member:moderator
DELETABLE = """(
    posts.author_id = %(actor)s
    OR EXISTS (
        SELECT FROM memberships
        WHERE memberships.community_id = posts.community_id
          AND memberships.user_id = %(actor)s
          AND memberships.role = 'moderator'
    )
    OR (SELECT communities.creator_id FROM communities WHERE communities.id = posts.community_id) = %(actor)s
)"""

# create: member
CREATABLE = """(
    EXISTS (
        SELECT FROM memberships
        WHERE memberships.community_id = posts.community_id
          AND memberships.user_id = %(actor)s
    )
    OR (SELECT communities.creator_id FROM communities WHERE communities.id = posts.community_id) = %(actor)s
)"""
