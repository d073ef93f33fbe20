"""NumPy package behind the course book *From One-Hot to Backprop*."""
