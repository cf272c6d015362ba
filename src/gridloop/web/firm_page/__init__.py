"""The firm's own page: an invited contact sees and says what concerns its firm, without an account of the street and without an app."""
