"""A camera looks at a desk: pictures that show any set of five objects.

Everything follows from one number, the variant, which follows from the student's name.
"""

import hashlib
import unicodedata

import numpy as np

OBJECTS = ("lamp", "plant", "cup", "book", "cat")
DRAWN = {
    "lamp": ["  ## ", " ####", "#   #"],
    "plant": ["# # #", " ### ", "  #  "],
    "cup": ["###  ", "#### ", "###  "],
    "book": ["######", "######"],
    "cat": ["#  #", "####", " ## "],
}
STAMPS = [np.array([[c == "#" for c in row] for row in DRAWN[name]]) for name in OBJECTS]
TOP = (0, 3, 6, 9, 5)  # the row where each may begin, or one below
SIZE = 12


def words_of(student: str) -> str:
    """Return the words of a name in small letters; a file's name may have other signs between."""
    student = unicodedata.normalize("NFC", student).lower()
    # letters, accents and vowel signs, digits; the class \w would lose the vowel signs
    kept = (c if unicodedata.category(c)[0] in "LMN" else " " for c in student)
    return " ".join("".join(kept).split())


def variant_of(student: str) -> int:
    """Return the number of a student's own data; capitals, blanks and punctuation do not count."""
    student = words_of(student)
    if student in {"", "your name"}:
        raise ValueError("STUDENT must be your name, as you hand in")
    digest = hashlib.sha256(student.encode()).digest()
    return int.from_bytes(digest[:4], "big")


def scenes(variant: int, n: int, part: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Return X (n, 144) and Y (n, 5) of zeros and ones; `part` 0 to train, 1 to validate."""
    frequent = np.random.default_rng(variant).permutation([0.5, 0.45, 0.4, 0.35])
    rng = np.random.default_rng([variant, part])
    present = rng.random((n, 5)) < [*frequent, 0.05]
    present[:, 4] |= present[:, 0] & (rng.random(n) < 0.25)  # the cat likes the warm lamp
    pictures = np.zeros((n, SIZE, SIZE))
    for picture, row in zip(pictures, present, strict=True):
        for k in np.flatnonzero(row):
            height, width = STAMPS[k].shape
            top, left = TOP[k] + rng.integers(2), rng.integers(SIZE + 1 - width)
            spot = picture[top : top + height, left : left + width]
            np.maximum(spot, rng.uniform(0.5, 1) * STAMPS[k], out=spot)
    pictures += rng.normal(scale=0.15, size=pictures.shape)
    return pictures.reshape(n, -1), present.astype(float)


def show(picture: np.ndarray, labels: np.ndarray) -> None:
    """Print a picture in five shades, and what is in it."""
    for row in picture.reshape(SIZE, SIZE):
        print("".join(" ░▒▓█"[shade] * 2 for shade in np.clip(5 * row, 0, 4).astype(int)))
    there = [name for name, label in zip(OBJECTS, labels, strict=True) if label]
    print(" and ".join(there) or "nothing")


def hand_numbers(variant: int) -> tuple[np.ndarray, ...]:
    """Return x (3,), y (2,), W (2, 3), b (2,) and the learning rate; the logits are whole."""
    rng = np.random.default_rng([variant, 10])
    x = rng.permutation([-2.0, 1.0, 3.0])
    y = rng.permutation([0.0, 1.0])
    W = rng.permutation([-1.0, -0.5, 0.5, 1.0, 1.5, 2.0]).reshape(2, 3)
    b = rng.permutation([-2.0, 1.0]) - W @ x
    return x, y, W, b, rng.choice([0.1, 0.2, 0.4])


def experiment_targets(variant: int) -> np.ndarray:
    """Return three multi-hot targets (3, 5), with one object and with two other numbers."""
    rng = np.random.default_rng([variant, 20])
    numbers = [1, *np.sort(rng.choice([2, 3, 4], size=2, replace=False))]
    return np.array([rng.permutation([1.0] * m + [0.0] * (5 - m)) for m in numbers])
