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
    "todo_title_min": Rule("todo.title.min", "Title must be at least 1 character."),
    "todo_title_max": Rule("todo.title.max", "Title must be at most 200 characters."),
    "todo_description_max": Rule(
        "todo.description.max", "Description must be at most 20000 characters."
    ),
    "todo_due_on_range": Rule("todo.due_on.range", "due_on is out of range."),
    "todos_owner_id_fkey": Reference("Todo"),
}
