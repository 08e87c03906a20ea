"""The finished production: what it says, how it is drawn, sealed and checked again."""
