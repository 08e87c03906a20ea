"""How records are fetched: one small module for each kind of source."""
