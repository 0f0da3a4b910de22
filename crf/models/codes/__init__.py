"""The code lists of forms that are long, or that several forms share."""
