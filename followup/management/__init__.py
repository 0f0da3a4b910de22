"""The command line of the follow-up."""
