"""Accounts: join, verify the address, change and reset the password, leave."""
