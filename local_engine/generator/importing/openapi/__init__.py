"""An OpenAPI 3 document as entities: what its paths serve, with the fields of its schemas."""
