"""Cases that are like a text: one index per organisation, our own, the same on every database."""
