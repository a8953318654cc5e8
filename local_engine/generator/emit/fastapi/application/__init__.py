"""The modules of the application as a whole: main, rules, profile, project, seed."""
