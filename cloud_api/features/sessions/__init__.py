"""Sessions: sign in, renew, sign out, and the devices that are signed in."""
