"""The data map: what a service holds, and how each category is answered."""
