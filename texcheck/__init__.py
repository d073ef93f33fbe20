"""Read a printed equation and check it through a numerical model."""
