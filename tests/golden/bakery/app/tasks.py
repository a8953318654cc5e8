"""The queue: what is sent after a change, and what runs at its time."""

from app.core import mail
from app.core.queue import create_queue

TASKS = create_queue(mail.tasks, time_zone="Europe/Berlin")
