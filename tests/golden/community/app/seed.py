"""Demo data: `python -m app seed`."""

from typing import Any

from app.comments import repository as comments
from app.comments.schemas import CommentCreate
from app.communities import repository as communities
from app.communities.schemas import CommunityCreate
from app.core.db import Connection
from app.memberships import repository as memberships
from app.memberships.schemas import MembershipCreate
from app.posts import repository as posts
from app.posts.schemas import PostCreate
from app.profile import PROFILE
from app.rows.demo import demo_people
from app.votes import repository as votes
from app.votes.schemas import VoteCreate

PEOPLE: dict[str, dict[str, Any]] = {"owner": {"roles": ["admin"]}, "second": {"roles": ["admin"]}}


async def seed(connection: Connection) -> None:
    """Fill in one row of each kind; a second run changes nothing."""
    people = await demo_people(connection, PROFILE, PEOPLE)
    if people is None:
        return
    community_key, *_ = await communities.create(
        connection,
        people["owner"],
        CommunityCreate.model_validate({"name": "name", "description": "Description"}),
    )
    await memberships.create(
        connection,
        people["owner"],
        MembershipCreate.model_validate({"community_id": str(community_key)}),
    )
    post_key, *_ = await posts.create(
        connection,
        people["owner"],
        PostCreate.model_validate(
            {"title": "Title", "body": "Body and so on", "community_id": str(community_key)}
        ),
    )
    await comments.create(
        connection,
        people["owner"],
        CommentCreate.model_validate({"body": "Body", "post_id": str(post_key)}),
    )
    await votes.create(
        connection,
        people["second"],
        VoteCreate.model_validate({"value": -1, "post_id": str(post_key)}),
    )
