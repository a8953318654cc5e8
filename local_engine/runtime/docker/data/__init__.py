"""The data of a deployment: kept, put back, and migrations tried on a copy of it."""
