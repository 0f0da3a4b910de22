BEFORE = [("x", 422, "", "impossible")]
