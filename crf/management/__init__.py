"""The command line of the forms."""
