"""One check of the verifier by itself, on a service that is running."""

from local_engine.generator.blueprint.resolved import Application
from local_engine.verification.checks import Result
from local_engine.verification.context import Context
from local_engine.verification.controls import Controls
from local_engine.verification.groups import GROUPS
from local_engine.verification.http import Client, Exchange
from local_engine.verification.judge import judge
from local_engine.verification.lane import MakeWorld
from local_engine.verification.passive import Watch


def result_of(
    check_id: str, application: Application, controls: Controls, make_world: MakeWorld
) -> Result:
    """The result of the check with this id; raises LookupError if the Blueprint has none."""
    group = next(group for group in GROUPS if group.name == check_id.partition(".")[0])
    check = next((one for one in group.checks(application) if one.id == check_id), None)
    if check is None:
        raise LookupError(check_id)
    with Client(controls.base_url) as http:
        context = Context(application, controls, http)
        context.world = make_world(context)
        history: list[Exchange] = []
        http.observers.append(history.append)
        return judge(check, context, history)


def watched(check_id: str, application: Application, controls: Controls, path: str) -> Result:
    """The result of a check over all answers, after one request to `path`."""
    with Client(controls.base_url) as http:
        context = Context(application, controls, http)
        watch = Watch("input", context.document)
        http.observers.append(watch)
        http.send("GET", path)
        check = next(one for one in watch.checks() if one.id == check_id)
        return judge(check, context, ())
