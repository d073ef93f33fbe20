"""A link to each exercise, as headings and equations have one."""

from html import escape
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx_exercise.nodes import is_exercise_node


class LinkExercises(SphinxPostTransform):
    """Put the same mark behind an exercise's title that Sphinx puts behind a heading."""

    default_priority = 910  # after titles are written and solutions have copied them
    formats = ("html",)

    def run(self, **kwargs: Any) -> None:
        for exercise in self.document.findall(is_exercise_node):
            name = escape(exercise["ids"][0])
            link = f'<a class="headerlink" href="#{name}" title="Link to this exercise">#</a>'
            exercise.next_node(nodes.title).append(nodes.raw("", link, format="html"))


def setup(app: Sphinx) -> dict[str, Any]:
    app.add_post_transform(LinkExercises)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
