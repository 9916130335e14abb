"""Why a job is left: what makes it impossible, or that others take its time."""

from scheduling._routes import Job, Round, Task, Worker


def reason(task: Task, number: int) -> tuple[str, str]:
    """Of a job that is left: the cause in a word, and in a sentence.

    ``staff``, ``skills``, ``window``, ``shift`` and ``travel`` hold for the job alone,
    whatever else is to be done; ``others`` is that everybody who could is taken.
    """
    job = task.jobs[number]
    if not task.workers:
        return "staff", "there is nobody to do it"
    if job.closes - job.opens < job.minutes:
        room = job.closes - job.opens
        return "window", f"{job.minutes} minutes do not fit into a window of {room}"
    able = [n for n in range(len(task.workers)) if task.can(n, number)]
    return _of_staff(task, number, able) if able else ("skills", _unskilled(task, job))


def _of_staff(task: Task, number: int, able: list[int]) -> tuple[str, str]:
    """Why none of those who have the skills does it."""
    job = task.jobs[number]
    if not any(_works(task.workers[n], job) for n in able):
        return "shift", f"nobody who can works {job.minutes} minutes of its window"
    if not any(Round(task, n).place(number) for n in able):
        return "travel", "nobody who can gets there and home within window and shift"
    return "others", "everybody who could do it has other jobs then"


def _works(who: Worker, job: Job) -> bool:
    """Whether it could be done if there were no way to go."""
    return max(who.starts, job.opens) + job.minutes <= min(who.ends, job.closes)


def _unskilled(task: Task, job: Job) -> str:
    missing = job.skills.difference(*(each.skills for each in task.workers))
    if missing:
        return f"nobody has the skill {', '.join(sorted(missing))}"
    return f"nobody has all of its skills: {', '.join(sorted(job.skills))}"
