"""Atrous and other libraries' convolutions side by side: python -m peers --help."""
