"""The rules that the database keeps, by constraint, and what clients are told of them."""

from app.core.rules import Reference, Rule, Rules

RULES: Rules = {
    # User
    "users_email_key": Rule(
        "user.email.unique",
        "There is an account with this e-mail address already.",
        pointer="/email",
        code="taken",
    ),
    "users_last_admin": Rule(
        "user.last_admin",
        "This is the last active admin: make somebody else an admin first.",
    ),
    # Board
    "boards_owner_id_fkey": Reference("Board"),
    # Card
    "cards_board_id_fkey": Reference("Card", "/board_id"),
    "cards_unique": Rule(
        "card.unique",
        "There is a card with this title on the board already.",
        pointer="/title",
        code="taken",
    ),
    "cards_check": Rule(
        "card.check",
        "No more can be spent than was budgeted.",
        status=422,
    ),
    "cards_at_most": Rule(
        "card.at_most",
        "A board can have at most 100 cards.",
    ),
}
