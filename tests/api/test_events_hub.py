"""What waits for listeners that are slow."""

import asyncio

from underpaint.server.events import MOST_WAITING, Event, Hub, engine_changed, queue_changed
from underpaint.server.schemas import EngineState


def test_only_the_newest_of_what_replaces_itself_is_told():
    async def listen() -> list[Event]:
        hub = Hub()
        with hub.subscribed() as subscription:
            for position in range(100):
                hub.publish(queue_changed(False, [str(position)]))
            hub.publish(engine_changed(EngineState.BUSY))
            return await subscription.wait(1)

    events = asyncio.run(listen())
    assert [(event.name, event.data.get("order")) for event in events] == [
        ("queue", ["99"]),
        ("engine", None),
    ]


def test_who_is_too_slow_gets_a_snapshot_instead():
    async def listen() -> tuple[bool, list[Event]]:
        hub = Hub()
        with hub.subscribed() as subscription:
            subscription.needs_snapshot = False
            for index in range(MOST_WAITING + 1):
                hub.publish(Event(name="result", data={"index": index}))
            return subscription.needs_snapshot, await subscription.wait(1)

    assert asyncio.run(listen()) == (True, [])


def test_nothing_happens_and_the_server_stops():
    async def listen() -> tuple[list[Event], list[Event], bool]:
        hub = Hub()
        with hub.subscribed() as subscription:
            quiet = await subscription.wait(0.01)
            hub.close()
            return quiet, await subscription.wait(5), subscription.is_closed

    assert asyncio.run(listen()) == ([], [], True)
