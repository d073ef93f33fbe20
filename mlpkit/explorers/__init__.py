"""Interactive figures of the book."""
