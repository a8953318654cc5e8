"""Everything: A library of rooms, items and loans that uses each construct of the language at least once."""
