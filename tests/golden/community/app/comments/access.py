"""Who may do what with a comment, as conditions in SQL.

The row is `comments` in a statement with SOURCE. %(actor)s is the signed-in user's id (null for
nobody), %(roles)s are the user's roles.
"""

SOURCE = "FROM comments"

# read: public
READABLE = "true"

# list: public
LISTED = READABLE

# update: owner
UPDATABLE = "comments.author_id = %(actor)s"

# delete: owner, member:moderator
DELETABLE = """(
    comments.author_id = %(actor)s
    OR EXISTS (
        SELECT FROM memberships
        WHERE memberships.community_id = (SELECT posts.community_id FROM posts WHERE posts.id = comments.post_id)
          AND memberships.user_id = %(actor)s
          AND memberships.role = 'moderator'
    )
    OR (SELECT (SELECT communities.creator_id FROM communities WHERE communities.id = posts.community_id) FROM posts WHERE posts.id = comments.post_id) = %(actor)s
)"""

# create: member
CREATABLE = """(
    EXISTS (
        SELECT FROM memberships
        WHERE memberships.community_id = (SELECT posts.community_id FROM posts WHERE posts.id = comments.post_id)
          AND memberships.user_id = %(actor)s
    )
    OR (SELECT (SELECT communities.creator_id FROM communities WHERE communities.id = posts.community_id) FROM posts WHERE posts.id = comments.post_id) = %(actor)s
)"""
