"""The kinds of jobs, a module each; `all_kinds` knows them all."""
