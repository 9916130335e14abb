"""The files that `filigree new` begins a service with."""
