"""Jobs: start, watch, call off, repeat."""
