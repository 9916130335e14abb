"""Gates: the budgets of services, the layers, and where the code went.

``python -m gates`` measures every service and every library, prints the table of
docs/budgets.md and exits with 1 when a budget is broken or the table is stale;
``python -m gates --write`` brings the table up to date.
"""
