"""Where imports come from: a running PostgreSQL, files, project folders and zips of them."""
