"""What the calendar domain and its callers agree on."""
