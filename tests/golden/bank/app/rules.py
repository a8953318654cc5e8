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
    "account_iban_min": Rule("account.iban.min", "Iban must be at least 1 character."),
    "account_iban_max": Rule("account.iban.max", "Iban must be at most 255 characters."),
    "account_iban_pattern": Rule(
        "account.iban.pattern", "Iban does not have the form that is asked for."
    ),
    "account_currency_values": Rule(
        "account.currency.values", "Currency is not one of its values."
    ),
    "account_balance_range": Rule("account.balance.range", "Balance is out of range."),
    "account_balance_never_below": Rule(
        "account.balance.never_below", "Balance must not go below 0.00."
    ),
    "account_iban_unique": Rule("account.iban.unique", "This iban is taken."),
    "accounts_holder_id_fkey": Reference("Account"),
    "entry_amount_range": Rule("entry.amount.range", "Amount is out of range."),
    "entry_amount_nonzero": Rule("entry.amount.nonzero", "Amount must not be zero."),
    "entry_memo_min": Rule("entry.memo.min", "Memo must be at least 1 character."),
    "entry_memo_max": Rule("entry.memo.max", "Memo must be at most 140 characters."),
    "entry_append_only": Rule(
        "entry.append_only", "Rows of this kind are never changed or deleted."
    ),
    "entries_account_id_fkey": Reference("Entry"),
    "entries_transfer_id_fkey": Reference("Entry", "/transfer_id"),
    "transfer_amount_min": Rule("transfer.amount.min", "Amount must be at least 0.01."),
    "transfer_amount_max": Rule(
        "transfer.amount.max", "Amount must be at most 999999999999999.99."
    ),
    "transfer_append_only": Rule(
        "transfer.append_only", "Rows of this kind are never changed or deleted."
    ),
    "transfers_sender_id_fkey": Reference("Transfer"),
    "transfers_source_id_fkey": Reference("Transfer", "/source_id"),
    "transfers_target_id_fkey": Reference("Transfer", "/target_id"),
}
