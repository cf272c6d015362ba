"""Tokens of people: listing them, and the day on which each was last used. Issuing and revoking are deeds of the organisation."""
