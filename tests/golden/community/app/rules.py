"""The rules that the database keeps, by constraint, and what clients are told of them."""

from app.core.rules import Reference, Rule, Rules

RULES: Rules = {
    "users_email_key": Rule(
        "user.email.unique",
        "There is an account with this e-mail address already.",
        pointer="/email",
        code="taken",
    ),
    "users_last_admin": Rule(
        "user.last_admin", "This is the last active admin: make somebody else an admin first."
    ),
    "community_name_min": Rule("community.name.min", "Name must be at least 3 characters."),
    "community_name_max": Rule("community.name.max", "Name must be at most 30 characters."),
    "community_name_pattern": Rule(
        "community.name.pattern", "Name does not have the form that is asked for."
    ),
    "community_description_max": Rule(
        "community.description.max", "Description must be at most 20000 characters."
    ),
    "community_name_unique": Rule("community.name.unique", "This name is taken."),
    "communities_creator_id_fkey": Reference("Community"),
    "membership_role_values": Rule("membership.role.values", "Role is not one of its values."),
    "membership_unique": Rule(
        "membership.unique", "There is one with the same community and user already."
    ),
    "memberships_community_id_fkey": Reference("Membership", "/community_id"),
    "memberships_user_id_fkey": Reference("Membership"),
    "post_title_min": Rule("post.title.min", "Title must be at least 5 characters."),
    "post_title_max": Rule("post.title.max", "Title must be at most 120 characters."),
    "post_body_min": Rule("post.body.min", "Body must be at least 10 characters."),
    "post_body_max": Rule("post.body.max", "Body must be at most 10000 characters."),
    "post_score_range": Rule("post.score.range", "Score is out of range."),
    "post_check": Rule("post.check", "This community is closed."),
    "posts_community_id_fkey": Reference("Post", "/community_id"),
    "posts_author_id_fkey": Reference("Post"),
    "comment_body_min": Rule("comment.body.min", "Body must be at least 2 characters."),
    "comment_body_max": Rule("comment.body.max", "Body must be at most 2000 characters."),
    "comments_author_id_fkey": Reference("Comment"),
    "comments_post_id_fkey": Reference("Comment", "/post_id"),
    "comments_parent_id_fkey": Reference("Comment", "/parent_id"),
    "comment_parent_same": Rule(
        "comment.parent.same",
        "There is no such row.",
        status=422,
        pointer="/parent_id",
        code="reference",
    ),
    "vote_value_in": Rule("vote.value.in", "Value is not one of the values allowed."),
    "vote_check": Rule("vote.check", "Not your own post."),
    "vote_unique": Rule("vote.unique", "There is one with the same post and voter already."),
    "votes_post_id_fkey": Reference("Vote", "/post_id"),
    "votes_voter_id_fkey": Reference("Vote"),
}
