"""The law as dated, cited lines of TOML; ``schema`` says what a line may hold."""
