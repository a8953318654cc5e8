"""Whatever takes long: queued, run, followed event by event, cancelled, stored.

`Jobs` is the service. Kinds of jobs live in `kinds/`, one module each; the events of `Jobs.feed`
are what command line, API and window subscribe to.
"""

from local_engine.jobs.events import Event, JobEvent, is_last
from local_engine.jobs.model import Job, JobStatus
from local_engine.jobs.service import Jobs, NoSuchJob, NotNow

__all__ = ["Event", "Job", "JobEvent", "JobStatus", "Jobs", "NoSuchJob", "NotNow", "is_last"]
