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
    "user_display_name_min": Rule(
        "user.display_name.min", "display_name must be at least 1 character."
    ),
    "user_display_name_max": Rule(
        "user.display_name.max", "display_name must be at most 60 characters."
    ),
    "user_credit_range": Rule("user.credit.range", "Credit is out of range."),
    "user_phone_min": Rule("user.phone.min", "Phone must be at least 1 character."),
    "user_phone_max": Rule("user.phone.max", "Phone must be at most 30 characters."),
    "branch_name_min": Rule("branch.name.min", "Name must be at least 1 character."),
    "branch_name_max": Rule("branch.name.max", "Name must be at most 80 characters."),
    "branch_slug_min": Rule("branch.slug.min", "Slug must be at least 1 character."),
    "branch_slug_max": Rule("branch.slug.max", "Slug must be at most 80 characters."),
    "branch_slug_pattern": Rule(
        "branch.slug.pattern", "Slug does not have the form that is asked for."
    ),
    "branch_opened_on_range": Rule("branch.opened_on.range", "opened_on is out of range."),
    "branch_site_min": Rule("branch.site.min", "Site must be at least 1 character."),
    "branch_site_max": Rule("branch.site.max", "Site must be at most 2048 characters."),
    "branch_contact_min": Rule("branch.contact.min", "Contact must be at least 1 character."),
    "branch_contact_max": Rule("branch.contact.max", "Contact must be at most 254 characters."),
    "branch_settings_type": Rule("branch.settings.type", "Settings must not be the JSON null."),
    "branch_languages_list": Rule("branch.languages.list", "Languages must be a list."),
    "branch_languages_max": Rule("branch.languages.max", "Languages must be at most 5 items."),
    "branch_holidays_list": Rule("branch.holidays.list", "Holidays must be a list."),
    "branch_holidays_max": Rule("branch.holidays.max", "Holidays must be at most 100 items."),
    "branch_secret_note_max": Rule(
        "branch.secret_note.max", "secret_note must be at most 20000 characters."
    ),
    "branch_budget_range": Rule("branch.budget.range", "Budget is out of range."),
    "branch_rating_min": Rule("branch.rating.min", "Rating must be at least 0.0."),
    "branch_rating_max": Rule("branch.rating.max", "Rating must be at most 5.0."),
    "branch_name_unique": Rule("branch.name.unique", "This name is taken."),
    "branch_slug_unique": Rule("branch.slug.unique", "This slug is taken."),
    "branches_manager_id_fkey": Reference("Branch"),
    "branches_plan_file_id_fkey": Reference("Branch"),
    "branches_topics_branch_id_fkey": Reference("Branch"),
    "branches_topics_topic_id_fkey": Reference("Branch"),
    "topic_name_min": Rule("topic.name.min", "Name must be at least 1 character."),
    "topic_name_max": Rule("topic.name.max", "Name must be at most 40 characters."),
    "topic_name_pattern": Rule(
        "topic.name.pattern", "Name does not have the form that is asked for."
    ),
    "topic_parents_note_min": Rule(
        "topic.parents_note.min", "parents_note must be at least 1 character."
    ),
    "topic_parents_note_max": Rule(
        "topic.parents_note.max", "parents_note must be at most 100 characters."
    ),
    "topic_name_unique": Rule("topic.name.unique", "This name is taken."),
    "subject_matter_parent_id_fkey": Reference("Topic", "/parent_id"),
    "room_number_min": Rule("room.number.min", "Number must be at least 1."),
    "room_number_max": Rule("room.number.max", "Number must be at most 999."),
    "room_seats_min": Rule("room.seats.min", "Seats must be at least 1."),
    "room_seats_max": Rule("room.seats.max", "Seats must be at most 9007199254740991."),
    "room_free_from_range": Rule("room.free_from.range", "free_from is out of range."),
    "room_turn_min": Rule("room.turn.min", "Turn must be at least 0:05:00."),
    "room_turn_max": Rule("room.turn.max", "Turn must be at most 1 day, 0:00:00."),
    "room_noise_values": Rule("room.noise.values", "Noise is not one of its values."),
    "room_unique": Rule("room.unique", "There is one with the same branch and number already."),
    "rooms_branch_id_fkey": Reference("Room"),
    "shelf_label_min": Rule("shelf.label.min", "Label must be at least 1 character."),
    "shelf_label_max": Rule("shelf.label.max", "Label must be at most 20 characters."),
    "shelf_label_pattern": Rule(
        "shelf.label.pattern", "Label does not have the form that is asked for."
    ),
    "shelf_depth_range": Rule("shelf.depth.range", "Depth is out of range."),
    "shelf_depth_nonzero": Rule("shelf.depth.nonzero", "Depth must not be zero."),
    "shelf_kind_in": Rule("shelf.kind.in", "Kind is not one of the values allowed."),
    "shelves_room_id_fkey": Reference("Shelf"),
    "item_title_min": Rule("item.title.min", "Title must be at least 1 character."),
    "item_title_max": Rule("item.title.max", "Title must be at most 160 characters."),
    "item_summary_max": Rule("item.summary.max", "Summary must be at most 20000 characters."),
    "item_code_min": Rule("item.code.min", "Code must be at least 1 character."),
    "item_code_max": Rule("item.code.max", "Code must be at most 255 characters."),
    "item_code_pattern": Rule(
        "item.code.pattern", "Code does not have the form that is asked for."
    ),
    "item_price_min": Rule("item.price.min", "Price must be at least 0.01."),
    "item_price_max": Rule("item.price.max", "Price must be at most 999999999999999.99."),
    "item_copies_min": Rule("item.copies.min", "Copies must be at least 0."),
    "item_copies_max": Rule("item.copies.max", "Copies must be at most 9007199254740991."),
    "item_date_range": Rule("item.date.range", "Date is out of range."),
    "item_value_range": Rule("item.value.range", "Value is out of range."),
    "item_loan_count_range": Rule("item.loan_count.range", "loan_count is out of range."),
    "item_last_due_range": Rule("item.last_due.range", "last_due is out of range."),
    "item_mean_fee_range": Rule("item.mean_fee.range", "mean_fee is out of range."),
    "item_code_unique": Rule("item.code.unique", "This code is taken."),
    "item_reference_unique": Rule("item.reference.unique", "This reference is taken."),
    "items_shelf_id_fkey": Reference("Item", "/shelf_id"),
    "items_topic_id_fkey": Reference("Item", "/topic_id"),
    "items_cover_of_id_fkey": Reference("Item", "/cover_of_id"),
    "item_cover_of_unique": Rule("item.cover_of.unique", "This cover_of is taken."),
    "loan_due_on_range": Rule("loan.due_on.range", "due_on is out of range."),
    "loan_fee_min": Rule("loan.fee.min", "Fee must be at least 0.01."),
    "loan_fee_max": Rule("loan.fee.max", "Fee must be at most 999999999999999.99."),
    "loan_note_min": Rule("loan.note.min", "Note must be at least 1 character."),
    "loan_note_max": Rule("loan.note.max", "Note must be at most 200 characters."),
    "loan_status": Rule("loan.status", "Status is not one of its states."),
    "loan_check": Rule("loan.check", "The day lies in the past.", status=422),
    "loan_at_most": Rule("loan.at_most", "At most three loans at once."),
    "loan_at_most_2": Rule("loan.at_most_2", "No copy is left."),
    "loans_borrower_id_fkey": Reference("Loan"),
    "loans_item_id_fkey": Reference("Loan", "/item_id"),
    "booking_starts_at_range": Rule("booking.starts_at.range", "starts_at is out of range."),
    "booking_ends_at_range": Rule("booking.ends_at.range", "ends_at is out of range."),
    "booking_people_min": Rule("booking.people.min", "People must be at least 1."),
    "booking_people_max": Rule("booking.people.max", "People must be at most 9007199254740991."),
    "booking_no_overlap": Rule(
        "booking.no_overlap", "This overlaps with another one for the same room."
    ),
    "booking_no_overlap_order": Rule(
        "booking.no_overlap",
        "starts_at must be before ends_at.",
        status=422,
        pointer="/ends_at",
        code="order",
    ),
    "booking_check": Rule("booking.check", "The room is too small."),
    "bookings_booker_id_fkey": Reference("Booking"),
    "bookings_room_id_fkey": Reference("Booking", "/room_id"),
    "booking_room_where": Rule(
        "booking.room.where",
        "There is no such row.",
        status=422,
        pointer="/room_id",
        code="reference",
    ),
    "bookings_rebooked_id_fkey": Reference("Booking", "/rebooked_id"),
    "booking_rebooked_same": Rule(
        "booking.rebooked.same",
        "There is no such row.",
        status=422,
        pointer="/rebooked_id",
        code="reference",
    ),
    "account_balance_range": Rule("account.balance.range", "Balance is out of range."),
    "account_balance_never_below": Rule(
        "account.balance.never_below", "Balance must not go below 0.00."
    ),
    "accounts_holder_id_fkey": Reference("Account"),
    "account_holder_unique": Rule("account.holder.unique", "This holder is taken."),
    "entry_amount_range": Rule("entry.amount.range", "Amount is out of range."),
    "entry_amount_nonzero": Rule("entry.amount.nonzero", "Amount must not be zero."),
    "entry_append_only": Rule(
        "entry.append_only", "Rows of this kind are never changed or deleted."
    ),
    "entries_account_id_fkey": Reference("Entry"),
    "rating_stars_in": Rule("rating.stars.in", "Stars is not one of the values allowed."),
    "rating_unique": Rule("rating.unique", "There is one with the same item and rater already."),
    "ratings_item_id_fkey": Reference("Rating", "/item_id"),
    "ratings_rater_id_fkey": Reference("Rating"),
    "note_text_min": Rule("note.text.min", "Text must be at least 1 character."),
    "note_text_max": Rule("note.text.max", "Text must be at most 200 characters."),
    "notes_writer_id_fkey": Reference("Note"),
    "memo_text_min": Rule("memo.text.min", "Text must be at least 1 character."),
    "memo_text_max": Rule("memo.text.max", "Text must be at most 200 characters."),
}
