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
from app.rows.demo import Demo, Kind, Ref, Row
from app.votes import repository as votes
from app.votes.schemas import VoteCreate

PEOPLE: dict[str, dict[str, Any]] = {
    "anna": {"roles": ["admin"]},
    "david": {"roles": []},
    "ben": {"roles": ["admin"]},
    "clara": {"roles": []},
}

KINDS = {
    "community": Kind(communities.create, CommunityCreate),
    "membership": Kind(memberships.create, MembershipCreate),
    "post": Kind(posts.create, PostCreate),
    "comment": Kind(comments.create, CommentCreate),
    "vote": Kind(votes.create, VoteCreate),
}

ROWS: list[Row] = [
    Row(
        "community",
        "anna",
        {"name": "gardening", "description": "Arrived in good time and just as described."},
    ),
    Row(
        "community",
        "david",
        {
            "name": "home-baking",
            "description": "A first version; comments are welcome.",
            "closed": True,
        },
    ),
    Row(
        "community",
        "anna",
        {"name": "city-cycling", "description": "Please have a look before the end of the week."},
    ),
    Row(
        "community",
        "ben",
        {
            "name": "board-games",
            "description": "Everything that was asked for is in here.",
            "closed": False,
        },
    ),
    Row(
        "community",
        "clara",
        {
            "name": "night-sky",
            "description": "The short version: it works, and it is worth it.",
            "closed": True,
        },
    ),
    Row(
        "community",
        "david",
        {
            "name": "film-photography",
            "description": "Takes about an hour, with a break in the middle.",
        },
    ),
    Row(
        "community",
        "anna",
        {
            "name": "wood-work",
            "description": "Some of it is new, most of it has stood the test of time.",
            "closed": False,
        },
    ),
    Row(
        "community",
        "ben",
        {
            "name": "trail-running",
            "description": "We agreed on this in the last meeting.",
            "closed": True,
        },
    ),
    Row(
        "community",
        "clara",
        {"name": "gardening-2", "description": "Good value, friendly people, no surprises."},
    ),
    Row(
        "community",
        "david",
        {
            "name": "home-baking-2",
            "description": "The details follow as soon as they are known.",
            "closed": False,
        },
    ),
    Row(
        "community",
        "anna",
        {
            "name": "city-cycling-2",
            "description": "Started in spring, finished a little later than planned.",
            "closed": True,
        },
    ),
    Row(
        "community",
        "ben",
        {
            "name": "board-games-2",
            "description": "Useful for beginners and for those who know it all.",
        },
    ),
    Row(
        "community",
        "clara",
        {
            "name": "night-sky-2",
            "description": "Arrived in good time and just as described.",
            "closed": False,
        },
    ),
    Row(
        "community",
        "david",
        {
            "name": "film-photography-2",
            "description": "A first version; comments are welcome.",
            "closed": True,
        },
    ),
    Row(
        "community",
        "anna",
        {"name": "wood-work-2", "description": "Please have a look before the end of the week."},
    ),
    Row(
        "community",
        "ben",
        {
            "name": "trail-running-2",
            "description": "Everything that was asked for is in here.",
            "closed": False,
        },
    ),
    Row(
        "community",
        "clara",
        {
            "name": "gardening-3",
            "description": "The short version: it works, and it is worth it.",
            "closed": True,
        },
    ),
    Row(
        "community",
        "david",
        {
            "name": "home-baking-3",
            "description": "Takes about an hour, with a break in the middle.",
        },
    ),
    Row(
        "community",
        "anna",
        {
            "name": "city-cycling-3",
            "description": "Some of it is new, most of it has stood the test of time.",
            "closed": False,
        },
    ),
    Row(
        "community",
        "ben",
        {
            "name": "board-games-3",
            "description": "We agreed on this in the last meeting.",
            "closed": True,
        },
    ),
    Row(
        "community",
        "clara",
        {"name": "night-sky-3", "description": "Good value, friendly people, no surprises."},
    ),
    Row(
        "community",
        "david",
        {
            "name": "film-photography-3",
            "description": "The details follow as soon as they are known.",
            "closed": False,
        },
    ),
    Row(
        "community",
        "anna",
        {
            "name": "wood-work-3",
            "description": "Started in spring, finished a little later than planned.",
            "closed": True,
        },
    ),
    Row(
        "community",
        "ben",
        {
            "name": "trail-running-3",
            "description": "Useful for beginners and for those who know it all.",
        },
    ),
    Row("membership", "anna", {"community_id": Ref("community")}),
    Row("membership", "david", {"community_id": Ref("community", 5)}),
    Row("membership", "anna", {"community_id": Ref("community", 10)}),
    Row("membership", "ben", {"community_id": Ref("community", 15)}),
    Row("membership", "clara", {"community_id": Ref("community", 20)}),
    Row("membership", "david", {"community_id": Ref("community", 1)}),
    Row("membership", "anna", {"community_id": Ref("community", 6)}),
    Row("membership", "ben", {"community_id": Ref("community", 11)}),
    Row("membership", "clara", {"community_id": Ref("community", 16)}),
    Row("membership", "david", {"community_id": Ref("community", 21)}),
    Row("membership", "anna", {"community_id": Ref("community", 2)}),
    Row("membership", "ben", {"community_id": Ref("community", 7)}),
    Row("membership", "clara", {"community_id": Ref("community", 12)}),
    Row("membership", "david", {"community_id": Ref("community", 17)}),
    Row("membership", "anna", {"community_id": Ref("community", 22)}),
    Row("membership", "ben", {"community_id": Ref("community", 3)}),
    Row("membership", "clara", {"community_id": Ref("community", 8)}),
    Row("membership", "david", {"community_id": Ref("community", 13)}),
    Row("membership", "anna", {"community_id": Ref("community", 18)}),
    Row("membership", "ben", {"community_id": Ref("community", 23)}),
    Row("membership", "clara", {"community_id": Ref("community", 4)}),
    Row("membership", "david", {"community_id": Ref("community", 9)}),
    Row("membership", "anna", {"community_id": Ref("community", 14)}),
    Row("membership", "ben", {"community_id": Ref("community", 19)}),
    Row(
        "post",
        "anna",
        {
            "title": "Ten plants that forgive you",
            "body": "Arrived in good time and just as described.",
            "community_id": Ref("community"),
        },
    ),
    Row(
        "post",
        "david",
        {
            "title": "My first sourdough",
            "body": "A first version; comments are welcome.",
            "community_id": Ref("community", 5),
        },
    ),
    Row(
        "post",
        "ben",
        {
            "title": "What I learned from losing",
            "body": "Everything that was asked for is in here.",
            "community_id": Ref("community", 15),
        },
    ),
    Row(
        "post",
        "clara",
        {
            "title": "Tools I would buy again",
            "body": "The short version: it works, and it is worth it.",
            "community_id": Ref("community", 20),
        },
    ),
    Row(
        "post",
        "anna",
        {
            "title": "Rain, and how to like it",
            "body": "Some of it is new, most of it has stood the test of time.",
            "community_id": Ref("community", 6),
        },
    ),
    Row(
        "post",
        "ben",
        {
            "title": "Three maps of one city",
            "body": "We agreed on this in the last meeting.",
            "community_id": Ref("community", 11),
        },
    ),
    Row(
        "post",
        "david",
        {
            "title": "My first sourdough 2",
            "body": "The details follow as soon as they are known.",
            "community_id": Ref("community", 21),
        },
    ),
    Row(
        "post",
        "anna",
        {
            "title": "The long way round 2",
            "body": "Started in spring, finished a little later than planned.",
            "community_id": Ref("community", 2),
        },
    ),
    Row(
        "post",
        "clara",
        {
            "title": "Tools I would buy again 2",
            "body": "Arrived in good time and just as described.",
            "community_id": Ref("community", 12),
        },
    ),
    Row(
        "post",
        "david",
        {
            "title": "A weekend without a phone 2",
            "body": "A first version; comments are welcome.",
            "community_id": Ref("community", 17),
        },
    ),
    Row(
        "post",
        "ben",
        {
            "title": "Three maps of one city 2",
            "body": "Everything that was asked for is in here.",
            "community_id": Ref("community", 3),
        },
    ),
    Row(
        "post",
        "clara",
        {
            "title": "Ten plants that forgive you 3",
            "body": "The short version: it works, and it is worth it.",
            "community_id": Ref("community", 8),
        },
    ),
    Row(
        "post",
        "anna",
        {
            "title": "The long way round 3",
            "body": "Some of it is new, most of it has stood the test of time.",
            "community_id": Ref("community", 18),
        },
    ),
    Row(
        "post",
        "ben",
        {
            "title": "What I learned from losing 3",
            "body": "We agreed on this in the last meeting.",
            "community_id": Ref("community", 23),
        },
    ),
    Row(
        "post",
        "david",
        {
            "title": "A weekend without a phone 3",
            "body": "The details follow as soon as they are known.",
            "community_id": Ref("community", 9),
        },
    ),
    Row(
        "post",
        "anna",
        {
            "title": "Rain, and how to like it 3",
            "body": "Started in spring, finished a little later than planned.",
            "community_id": Ref("community", 14),
        },
    ),
    Row(
        "comment",
        "anna",
        {"body": "Arrived in good time and just as described.", "post_id": Ref("post")},
    ),
    Row(
        "comment",
        "ben",
        {"body": "A first version; comments are welcome.", "post_id": Ref("post", 5)},
    ),
    Row(
        "comment",
        "ben",
        {"body": "Please have a look before the end of the week.", "post_id": Ref("post", 10)},
    ),
    Row(
        "comment",
        "anna",
        {"body": "Everything that was asked for is in here.", "post_id": Ref("post", 15)},
    ),
    Row(
        "comment",
        "anna",
        {"body": "The short version: it works, and it is worth it.", "post_id": Ref("post", 4)},
    ),
    Row(
        "comment",
        "david",
        {"body": "Takes about an hour, with a break in the middle.", "post_id": Ref("post", 9)},
    ),
    Row(
        "comment",
        "david",
        {
            "body": "Some of it is new, most of it has stood the test of time.",
            "post_id": Ref("post", 14),
        },
    ),
    Row(
        "comment",
        "clara",
        {"body": "We agreed on this in the last meeting.", "post_id": Ref("post", 3)},
    ),
    Row(
        "comment",
        "clara",
        {"body": "Good value, friendly people, no surprises.", "post_id": Ref("post", 8)},
    ),
    Row(
        "comment",
        "ben",
        {"body": "The details follow as soon as they are known.", "post_id": Ref("post", 13)},
    ),
    Row(
        "comment",
        "ben",
        {
            "body": "Started in spring, finished a little later than planned.",
            "post_id": Ref("post", 2),
        },
    ),
    Row(
        "comment",
        "anna",
        {"body": "Useful for beginners and for those who know it all.", "post_id": Ref("post", 7)},
    ),
    Row(
        "comment",
        "anna",
        {"body": "Arrived in good time and just as described.", "post_id": Ref("post", 12)},
    ),
    Row(
        "comment",
        "david",
        {"body": "A first version; comments are welcome.", "post_id": Ref("post", 1)},
    ),
    Row(
        "comment",
        "david",
        {"body": "Please have a look before the end of the week.", "post_id": Ref("post", 6)},
    ),
    Row(
        "comment",
        "clara",
        {"body": "Everything that was asked for is in here.", "post_id": Ref("post", 11)},
    ),
    Row(
        "comment",
        "anna",
        {
            "body": "The short version: it works, and it is worth it.",
            "post_id": Ref("post"),
            "parent_id": Ref("comment"),
        },
    ),
    Row(
        "comment",
        "ben",
        {
            "body": "Takes about an hour, with a break in the middle.",
            "post_id": Ref("post", 5),
            "parent_id": Ref("comment", 1),
        },
    ),
    Row(
        "comment",
        "ben",
        {
            "body": "Some of it is new, most of it has stood the test of time.",
            "post_id": Ref("post", 10),
            "parent_id": Ref("comment", 2),
        },
    ),
    Row(
        "comment",
        "anna",
        {"body": "We agreed on this in the last meeting.", "post_id": Ref("post", 15)},
    ),
    Row(
        "comment",
        "anna",
        {"body": "Good value, friendly people, no surprises.", "post_id": Ref("post", 4)},
    ),
    Row(
        "comment",
        "david",
        {"body": "The details follow as soon as they are known.", "post_id": Ref("post", 9)},
    ),
    Row(
        "comment",
        "david",
        {
            "body": "Started in spring, finished a little later than planned.",
            "post_id": Ref("post", 14),
        },
    ),
    Row(
        "comment",
        "clara",
        {"body": "Useful for beginners and for those who know it all.", "post_id": Ref("post", 3)},
    ),
    Row("vote", "ben", {"value": -1, "post_id": Ref("post")}),
    Row("vote", "david", {"value": 1, "post_id": Ref("post", 5)}),
    Row("vote", "anna", {"value": -1, "post_id": Ref("post", 10)}),
    Row("vote", "ben", {"value": 1, "post_id": Ref("post", 15)}),
    Row("vote", "clara", {"value": -1, "post_id": Ref("post", 4)}),
    Row("vote", "anna", {"value": 1, "post_id": Ref("post", 9)}),
    Row("vote", "anna", {"value": -1, "post_id": Ref("post", 14)}),
    Row("vote", "ben", {"value": 1, "post_id": Ref("post", 3)}),
    Row("vote", "david", {"value": -1, "post_id": Ref("post", 8)}),
    Row("vote", "david", {"value": 1, "post_id": Ref("post", 13)}),
    Row("vote", "anna", {"value": -1, "post_id": Ref("post", 2)}),
    Row("vote", "ben", {"value": 1, "post_id": Ref("post", 7)}),
    Row("vote", "clara", {"value": -1, "post_id": Ref("post", 12)}),
    Row("vote", "anna", {"value": 1, "post_id": Ref("post", 1)}),
    Row("vote", "anna", {"value": -1, "post_id": Ref("post", 6)}),
    Row("vote", "ben", {"value": 1, "post_id": Ref("post", 11)}),
    Row("vote", "clara", {"value": -1, "post_id": Ref("post")}),
    Row("vote", "david", {"value": 1, "post_id": Ref("post", 5)}),
    Row("vote", "anna", {"value": -1, "post_id": Ref("post", 10)}),
    Row("vote", "ben", {"value": 1, "post_id": Ref("post", 15)}),
    Row("vote", "clara", {"value": -1, "post_id": Ref("post", 4)}),
    Row("vote", "anna", {"value": 1, "post_id": Ref("post", 9)}),
    Row("vote", "anna", {"value": -1, "post_id": Ref("post", 14)}),
    Row("vote", "ben", {"value": 1, "post_id": Ref("post", 3)}),
]


async def seed(connection: Connection) -> None:
    """Fill in the demo; a second run changes nothing."""
    await Demo(PEOPLE, KINDS, ROWS).fill(connection, PROFILE)
