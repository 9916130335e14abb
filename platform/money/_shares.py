"""Parts of whole minor units: rounded in a stated way, and adding up exactly."""


def share(amount: int, basis_points: int) -> int:
    """So many ten-thousandths of an amount of 0 or more; a half is rounded up."""
    return (amount * basis_points + 5_000) // 10_000


def allocate(total: int, weights: list[int]) -> list[int]:
    """*total* in parts that are proportional to the weights and add up to it.

    Largest remainder: every part is its exact share rounded down, and what is left
    goes, one each, to the largest remainders, the first of equals first. Of a negative
    total the parts are those of its opposite. Weights are 0 or more, not all of them 0.
    """
    if total < 0:
        return [-part for part in allocate(-total, weights)]
    whole = sum(weights)
    parts = [total * weight // whole for weight in weights]
    by_remainder = sorted(
        range(len(weights)), key=lambda i: -(total * weights[i] % whole)
    )
    for i in by_remainder[: total - sum(parts)]:
        parts[i] += 1
    return parts
