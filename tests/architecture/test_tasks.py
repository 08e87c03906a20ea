"""A task is an envelope: a name from the list, ids by keyword, and nothing else."""

import inspect

from cases.enums import TaskName
from compliance.celery import app


def own_tasks():
    """The tasks that are ours, by name."""
    app.loader.import_default_modules()
    return {
        key: task for key, task in app.tasks.items() if not key.startswith("celery.")
    }


def test_every_task_name_is_a_registered_task():
    assert set(own_tasks()) == {one.value for one in TaskName}


def test_every_task_takes_ids_by_keyword_and_nothing_else():
    strangers = [
        f"{key}: {parameter}"
        for key, task in own_tasks().items()
        for parameter in inspect.signature(task.run).parameters.values()
        if parameter.kind is not parameter.KEYWORD_ONLY
        or not parameter.name.endswith("_id")
    ]
    assert strangers == []


def test_the_schedule_names_tasks_that_exist():
    scheduled = {entry["task"] for entry in app.conf.beat_schedule.values()}
    assert scheduled <= {one.value for one in TaskName}
