"""What is wrong with vectors."""


class BadVector(ValueError):
    """It is no vector, or not of the others' length or model."""
