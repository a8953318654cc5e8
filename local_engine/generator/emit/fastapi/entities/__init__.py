"""The modules of one entity: access, schemas, repository, router."""
