"""Changes to whole layers that several routes make, and who is told."""

import numpy as np

from underpaint.server import drafts
from underpaint.server.drafts import NodeDraft
from underpaint.server.events import draft_changed
from underpaint.server.schemas import Layer, LayerInfo
from underpaint.server.services import Services


def replace_layer(
    services: Services, node_id: str, layer: Layer, pixels: np.ndarray, client: str | None
) -> LayerInfo:
    """Puts a mask, uint8 (height, width), or a sketch, (height, width, 4), in place of a node's; another size is
    scaled."""
    with services.database.read() as session:
        size = drafts.draft_of_node(session, node_id).size
    fitting = drafts.scaled(pixels, size)
    with services.database.write() as session:
        found = drafts.draft_of_node(session, node_id)
        drafts.put_pixels(session, found.draft, layer, fitting)
        drafts.touch(session, found.node.project_id)
        info = drafts.layer_info(session, found.draft, layer, size)
    tell_layer(services, found, layer, client)
    return info


def tell_layer(services: Services, changed: NodeDraft, layer: Layer, client: str | None) -> None:
    """Tells every tab that a layer was painted on."""
    event = draft_changed(
        changed.node.project_id, changed.node.id, client, layers=[layer], has_settings=False
    )
    services.hub.publish(event)
