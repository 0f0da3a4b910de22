"""The command line of the frame."""
