"""What the operations domain agrees on with its callers."""
