"""What the modules of all kinds of rows share: types of fields, references, refusals, links."""
