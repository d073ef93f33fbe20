"""Marks a folder of submitted notebooks: `python -m homework.grader FOLDER`.

One module a step: `notebook` reads a file, `sandbox` runs its cells in a process of their own,
`marking` lets the judge of `homework.questions` look at what came back, `report` writes it down.
"""
