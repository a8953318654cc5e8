"""The user's account in the cloud: signed in or not, devices, keys, what was used."""
