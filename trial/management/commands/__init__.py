"""Commands of the audit trail and of the database."""
