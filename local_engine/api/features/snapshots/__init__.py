"""The data of a project, kept in files and put back."""
