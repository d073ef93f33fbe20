"""Copy this into the folder of an nbgrader course that hands out multilabel.ipynb."""

c = get_config()  # noqa: F821  (nbgrader defines it)
c.CourseDirectory.course_id = "book"
# the notebook has its stubs already; ClearSolutions would put nbgrader's own in their place
c.GenerateAssignment.preprocessors = [
    f"nbgrader.preprocessors.{name}"
    for name in ("LockCells", "ClearOutput", "CheckCellMetadata", "ComputeChecksums", "SaveCells")
]
c.ExecutePreprocessor.timeout = 60  # seconds a cell
