"""Names of jobs are short enough for a film strip, and say what was done."""

import pytest

from underpaint.server.job_names import LONGEST_SUBJECT, job_name, subject_of
from underpaint.tasks import Task


@pytest.mark.parametrize(
    ("prompt", "subject"),
    [
        ("", ""),
        ("  , ", ""),
        ("tree with green leaves, field, sunset", "tree with green leaves"),
        ("A large old tree. golden rim light", "large old tree"),
        ("the house\nwith a blue roof", "house"),
        ("((red flower:1.3)), meadow", "red flower"),
        ("<lora:ink:0.7> (cat), sitting", "cat"),
        ("<lora:ink:x> cat", "cat"),
        ("[cat:dog:0.5] on a wall", "dog on a wall"),
        ("cat AND dog", "cat"),
        ("an owl \\(bird\\), night", "owl (bird)"),
        ("a girl with long red hair in a very white summer dress", "girl with long red hair"),
        ("x" * 60, "x" * LONGEST_SUBJECT),
        ("<", "<"),
    ],
)
def test_subject_of_a_prompt(prompt: str, subject: str):
    assert subject_of(prompt) == subject


@pytest.mark.parametrize(
    ("task", "prompt", "has_picture", "name"),
    [
        (Task.ADD, "tree with green leaves, field", True, "Add: tree with green leaves"),
        (Task.FIX_DETAIL, "", True, "Fix detail"),
        (Task.CUSTOM, "a tree, field", True, "Tree"),
        (Task.CUSTOM, "", True, "Custom"),
        (Task.ADD, "a lake", False, "Lake"),
        (Task.ADD, "", False, "Text to image"),
    ],
)
def test_name_of_a_job(task: Task, prompt: str, has_picture: bool, name: str):
    assert job_name(task, prompt, has_picture=has_picture) == name
