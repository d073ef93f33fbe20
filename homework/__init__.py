"""The multi-label homework: data, questions, judge, and what makes the student's notebook."""
