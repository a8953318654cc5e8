"""Operations, transitions and effects: what is locked, refused and written, in which order."""

from __future__ import annotations

import pytest
from emitted_module import EmittedModule, project_of

from local_engine.generator.emit import FileTree

BANK = """
accounts: {roles: [clerk]}
entities:
  Account:
    owner: holder
    fields:
      balance: {type: money, min: 0, default: 0}
      closed: {type: boolean, default: false}
    relations: {holder: {to: User}, entries: {many: Entry}, bank: {to: Bank}}
    states:
      initial: open
      transitions:
        freeze: {from: [open, thawed], to: frozen, by: clerk, require: count(entries) > 0}
        thaw:
          from: frozen
          to: thawed
          by: clerk
          input: {reason: string}
          effects:
            - {email: thawed, to: holder.email}
            - {webhook: account_thawed, with: {reason: input.reason}}
    access: {list: owner, read: owner, create: authenticated}
  Entry:
    fields: {amount: money, note: {type: string, optional: true}}
    relations: {account: {to: Account}}
    access: {list: public, read: public}
  Bank:
    fields: {name: string, contact: {type: email, optional: true}}
    access: {list: public, read: public, create: authenticated}
operations:
  transfer:
    by: authenticated
    input:
      source: {ref: Account, access: owner}
      target: {ref: Account, access: any}
      amount: {type: money, min: 0.01}
    require:
      - {check: input.amount < 1000, message: Too much}
      - {check: not target.closed, message: It is closed}
    effects:
      - {decrease: source.balance, by: input.amount, else: "only {source.balance} left"}
      - {increase: target.balance, by: input.amount}
      - {create: Entry as entry, with: {account: source, amount: input.amount}}
    returns: entry
    idempotent: true
  book:
    by: clerk
    input: {account: {ref: Account, access: any}, lines: {rows: {amount: {type: money}}, max: 5}}
    effects:
      - {each: input.lines as line, create: Entry, with: {account: account, amount: line.amount}}
  warn:
    on: Account
    by: clerk
    effects: [{email: thawed, to: bank.contact}]
emails:
  thawed: {subject: Thawed, text: "Dear {holder.email}"}
webhooks: [account_thawed]
"""


@pytest.fixture(scope="module")
def bank() -> FileTree:
    return project_of(BANK)


@pytest.fixture(scope="module")
def transfer(bank: FileTree) -> EmittedModule:
    return EmittedModule(bank, "app/operations/transfer.py")


@pytest.fixture(scope="module")
def transitions(bank: FileTree) -> EmittedModule:
    return EmittedModule(bank, "app/accounts_rows/transitions.py")


def test_two_rows_of_a_table_are_locked_in_one_order(transfer: EmittedModule) -> None:
    lock = transfer.constant("TRANSFER_LOCK_ACCOUNTS")
    assert "%(input.source)s" in lock
    assert "%(input.target)s" in lock
    assert lock.endswith("ORDER BY accounts.id FOR NO KEY UPDATE OF accounts")
    assert "TRANSFER_LOCK_ACCOUNTS_2" not in transfer.constants()


def test_an_operation_locks_then_finds_then_requires(transfer: EmittedModule) -> None:
    assert transfer.calls("prepare_transfer") == ["execute", "require_named", "require_rules"]
    work = transfer.calls("transfer")
    order = ["prepare_transfer", "violations_are_conflicts", "carry_out_transfer"]
    assert [name for name in work if name in order] == order


def test_references_are_looked_up_as_far_as_their_access_says(transfer: EmittedModule) -> None:
    assert "holder_id = %(actor)s" in transfer.constant("TRANSFER_FIND_SOURCE")
    assert "actor" not in transfer.constant("TRANSFER_FIND_TARGET")
    assert "'/source_id'" in transfer.expression("TRANSFER_REFERENCES")


def test_requirements_on_the_input_alone_are_422(transfer: EmittedModule) -> None:
    assert transfer.expression("TRANSFER_RULES") == (
        "[Rule('transfer.require', 'Too much.', status=422), "
        "Rule('transfer.require_2', 'It is closed.')]"
    )


def test_a_decrease_is_one_conditional_update(transfer: EmittedModule) -> None:
    update = transfer.constant("TRANSFER_ADJUST")
    assert update.startswith("UPDATE accounts SET balance = balance - ")
    assert update.endswith(">= 0.00")
    carried = transfer.function("carry_out_transfer")
    assert "== 0" in carried
    assert "'account.balance.min'" in carried
    assert "coalesce" in transfer.constant("TRANSFER_REFUSAL")


def test_effects_run_in_their_order_and_the_created_row_is_returned(
    transfer: EmittedModule,
) -> None:
    carried = transfer.function("carry_out_transfer")
    places = [carried.index(f"TRANSFER_{name},") for name in ("ADJUST", "ADJUST_2", "CREATE_ENTRY")]
    assert places == sorted(places)
    assert carried.rstrip().endswith("return key")
    assert "required=True" in transfer.function("transfer"), "idempotent: the key is required"


def test_given_rows_are_looped_over(bank: FileTree) -> None:
    carried = EmittedModule(bank, "app/operations/book.py").function("carry_out_book")
    assert "for line in given.lines:" in carried
    assert "names['line.amount'] = line.amount" in carried


def test_mail_without_an_address_is_not_sent(bank: FileTree, transitions: EmittedModule) -> None:
    warned = EmittedModule(bank, "app/operations/warn.py").function("carry_out_warn")
    assert "if to is not None:" in warned
    assert "if to" not in transitions.function("carry_out_thaw"), "a user has an address"


def test_a_transition_is_refused_in_other_states(transitions: EmittedModule) -> None:
    assert "if state not in ('open', 'thawed'):" in transitions.function("prepare_freeze")
    assert "if state != 'frozen':" in transitions.function("prepare_thaw")
    assert "'account.status'" in transitions.function("prepare_thaw")
    assert "SET status = 'frozen'" in transitions.constant("FREEZE_MOVE")


def test_who_counts_children_locks_them_and_their_parent(transitions: EmittedModule) -> None:
    assert transitions.constant("LOCK_FOR_FREEZE").endswith("FOR UPDATE OF accounts")
    assert transitions.constant("LOCK_FOR_THAW").endswith("FOR NO KEY UPDATE OF accounts")
    assert transitions.constant("FREEZE_LOCK_ENTRIES").endswith("FOR SHARE OF entries")
    calls = transitions.calls("prepare_freeze")
    assert calls.index("execute") < calls.index("require_rules")


def test_what_goes_out_is_queued_on_the_same_connection(transitions: EmittedModule) -> None:
    carried = transitions.function("carry_out_thaw")
    assert "queue_email(connection, " in carried
    assert "queue_webhook(connection, 'account_thawed', payload[0])" in carried
    assert "'reason', %(input.reason)s::text" in transitions.constant("THAW_CALL_ACCOUNT_THAWED")


def test_a_relation_to_a_user_can_be_held_to_who_is_signed_in() -> None:
    tree = project_of(
        """
        entities:
          Task:
            fields: {title: string}
            relations: {creator: {to: User, immutable: true}, assignee: {to: User}}
            access: {list: public, read: public, create: authenticated if creator == user}
        """
    )
    creatable = EmittedModule(tree, "app/tasks_rows/access.py").constant("CREATABLE")
    assert "creator_id = %(actor)s" in creatable
    assert "assignee" not in creatable


def test_an_extension_point_that_answers_nothing_leaves_no_name_unused() -> None:
    tree = project_of("""
entities:
  Todo: {fields: {title: string}, access: {list: public, read: public}}
operations:
  tidy: {by: authenticated, code: python}
""")
    text = tree.text("app/operations/tidy.py")
    assert "        await prepare_tidy(connection, actor)\n" in text
