"""Machines run by ours and by moto's Step Functions, and a loop whose time jumps."""

import asyncio
import json
import selectors
import time
from collections.abc import Callable, Coroutine, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

REGION = "us-east-1"
TRUST = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"Service": "lambda.amazonaws.com"},
                "Action": "sts:AssumeRole",
            }
        ],
    }
)
PATIENCE = 20.0  # seconds that moto may take for one execution
ENDS = {
    "ExecutionSucceeded": "SUCCEEDED",
    "ExecutionFailed": "FAILED",
    "ExecutionAborted": "ABORTED",
    "ExecutionTimedOut": "TIMED_OUT",
}


class Ended(NamedTuple):
    """How an execution ended; causes are left out, their wording is nobody's rule."""

    status: str
    output: Any = None
    error: str | None = None


@pytest.fixture(scope="session")
def oracle() -> Iterator[Callable[[dict[str, Any], Any], Ended]]:
    """Run a definition in moto's Step Functions; the Lambda function echoes."""
    config = {
        "stepfunctions": {"execute_state_machine": True},
        "lambda": {"use_docker": False},
    }
    with pytest.MonkeyPatch.context() as patch:
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            patch.setenv(name, "testing")
        with mock_aws(config=config):
            yield _run_by_moto()


def _run_by_moto() -> Callable[[dict[str, Any], Any], Ended]:
    role = boto3.client("iam", region_name=REGION).create_role(
        RoleName="machine", AssumeRolePolicyDocument=TRUST
    )["Role"]["Arn"]
    boto3.client("lambda", region_name=REGION).create_function(
        FunctionName="echo",
        Runtime="python3.11",
        Role=role,
        Handler="echo.handler",
        Code={"ZipFile": b"echo"},
    )
    client = boto3.client("stepfunctions", region_name=REGION)
    made = iter(range(1_000_000))

    def run(definition: dict[str, Any], data: Any) -> Ended:
        name, text = f"machine-{next(made)}", json.dumps(definition)
        try:
            machine = client.create_state_machine(
                name=name, definition=text, roleArn=role
            )["stateMachineArn"]
        except ClientError:
            return Ended("REFUSED")
        arn = client.start_execution(stateMachineArn=machine, input=json.dumps(data))[
            "executionArn"
        ]
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            for event in client.get_execution_history(executionArn=arn)["events"]:
                if event["type"] in ENDS:
                    return _ended(event)
            time.sleep(0.005)
        raise TimeoutError("moto did not end")

    return run


def _ended(event: dict[str, Any]) -> Ended:
    """Of the event: an execution's status is there before its output is."""
    status = ENDS[event["type"]]
    if status == "SUCCEEDED":
        told = event["executionSucceededEventDetails"]["output"]
        return Ended(status, json.loads(told))
    return Ended(
        status, error=event.get("executionFailedEventDetails", {}).get("error")
    )


class JumpingSelector:
    """A selector that never sleeps: time jumps to the next timer instead."""

    def __init__(self) -> None:
        self._inner, self.now = selectors.DefaultSelector(), 0.0

    def select(self, timeout: float | None = None) -> Any:
        ready = self._inner.select(0)
        if not ready and timeout is None:
            raise RuntimeError("nothing is left that could ever happen")
        self.now += 0 if ready or timeout is None else timeout
        return ready

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)


class JumpingLoop(asyncio.SelectorEventLoop):
    """An event loop in which a year passes at once when there is nothing to do."""

    def __init__(self) -> None:
        self.selector = JumpingSelector()
        super().__init__(self.selector)

    def time(self) -> float:
        return self.selector.now


START = datetime(2030, 1, 31, 9, tzinfo=UTC)


class LoopClock:
    """The loop's time, from START; it sleeps until a moment comes."""

    def now(self) -> datetime:
        return START + timedelta(seconds=asyncio.get_running_loop().time())

    async def until(self, key: str, moment: datetime) -> None:
        await asyncio.sleep(max(0.0, (moment - self.now()).total_seconds()))


@pytest.fixture(scope="session")
def clock() -> LoopClock:
    return LoopClock()


@pytest.fixture(scope="session")
def run() -> Callable[[Coroutine[Any, Any, Any]], Any]:
    """Run a coroutine to its end in a loop whose time jumps and begins at START."""

    def to_the_end(work: Coroutine[Any, Any, Any]) -> Any:
        with asyncio.Runner(loop_factory=JumpingLoop) as runner:
            return runner.run(work)

    return to_the_end
