"""The fixed parts of every generated project: real, tested files, copied as they are."""
