"""The servers and processes around Casebook: database, Redis, site and worker. Nothing clinical."""
