"""What the payment domain and its callers agree on."""
