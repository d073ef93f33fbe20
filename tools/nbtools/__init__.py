"""What `tools/notebooks.py` is made of: one concern a module."""
