"""A small service in memory that does what docs/blueprint.md says, and can be told not to.

It is what the verifier's checks are tried on: each has to pass here, and to fail once the service
has the defect that the check is there to find.
"""
