"""Where the book is published and kept: a fork's own addresses come from the environment in CI."""

import os

# both empty for a book at home, which then has no absolute address on any page
BOOK_URL = os.environ.get("BOOK_URL", "").rstrip("/")
BOOK_REPOSITORY = os.environ.get("BOOK_REPOSITORY", "").rstrip("/").removesuffix(".git")
SITE = f"{BOOK_URL}/" if BOOK_URL else ""
BRANCH = "main"  # the one that pages.yml publishes
