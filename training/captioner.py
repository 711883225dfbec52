"""The captioner: a picture in, a prompt out.

A small BLIP (Li et al. 2022), because that is what A1111's "interrogate" uses and what lies on people's disks: transformers loads
it from a folder of its own layout, so the builtin captioner and a user's go through the same code. Its eyes are a vision transformer,
which learns slowly from words alone. So heads that are not exported ask it what is where in the picture, cell by cell.
"""

from typing import Any

from torch import Tensor, nn
from torch.nn import functional as F
from transformers import BlipConfig, BlipForConditionalGeneration

from training.captioner_lessons import LOOKS, PLACES, SIDE_PX, Batch, CaptionLesson
from training.describing import CELLS, CONTEXT, END, PAD, START, new_tokenizer
from training.muon import Muon
from training.runs import (
    Average,
    Clock,
    Log,
    Worker,
    autocast,
    device,
    load_state,
    needed_state,
    save_state,
)

NAME = "captioner"
BATCH = 24
DECAY_SHARE = 0.5
REPORT_MINUTES = 2
PLACE_WEIGHT = 0.3
VISION: dict[str, Any] = {
    "hidden_size": 128,
    "intermediate_size": 384,
    "num_hidden_layers": 4,
    "num_attention_heads": 4,
    "image_size": SIDE_PX,
    "patch_size": SIDE_PX // CELLS,
    "initializer_range": 0.02,
}
TEXT: dict[str, Any] = {
    "hidden_size": 96,
    "intermediate_size": 192,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "max_position_embeddings": CONTEXT,
    "bos_token_id": START,
    "eos_token_id": END,
    "sep_token_id": END,
    "pad_token_id": PAD,
}


def new_captioner(vocabulary: int) -> BlipForConditionalGeneration:
    """An untrained captioner that knows so many words."""
    return BlipForConditionalGeneration(
        BlipConfig(vision_config=VISION, text_config={**TEXT, "vocab_size": vocabulary})
    )


class Pupil(nn.Module):
    """The captioner, and heads that ask its eyes directly what is where: they learn to see before there are words for it."""

    def __init__(self, vocabulary: int) -> None:
        super().__init__()
        self.captioner = new_captioner(vocabulary)
        width = VISION["hidden_size"]
        self.look_embedding = nn.Linear(width, len(LOOKS))
        self.place_embedding = nn.Linear(width, len(PLACES))

    def forward(self, pixels: Tensor, ids: Tensor, looks: Tensor, places: Tensor) -> Tensor:
        """The loss of the words, of each cell's look, and of the place."""
        labels = ids.masked_fill(ids == PAD, -100)
        out = self.captioner(pixel_values=pixels, input_ids=ids, labels=labels)
        cells = self.look_embedding(out.image_embeds[:, 1:]).flatten(0, 1)
        place = self.place_embedding(out.image_embeds[:, 0])
        return (
            out.loss + F.cross_entropy(cells, looks.flatten()) + PLACE_WEIGHT * F.cross_entropy(place, places)
        )


def train_captioner(worker: Worker, minutes: float) -> None:
    """Trains the captioner, from its last checkpoint if there is one."""
    Trainer(worker).run(minutes)


class Trainer:
    """The captioner's training loop."""

    def __init__(self, worker: Worker, rate: float = 2e-3) -> None:
        self.worker, self.rate, self.step = worker, rate, 0
        self.pupil = Pupil(len(new_tokenizer())).to(device())
        self.optimizer = Muon(self.pupil.named_parameters(), worker)
        self.average = Average(self.pupil)
        self._restore(load_state(NAME))
        self.lesson = CaptionLesson([900, worker.rank, self.step])
        worker.seed_noise(self.step)

    def _restore(self, state: dict[str, Any] | None) -> None:
        if state:
            self.pupil.load_state_dict(state["model"])
            self.average.load_state_dict(state["average"])
            self.optimizer.load_state_dict(state["optimizer"])
            self.step = state["step"]

    def run(self, minutes: float) -> None:
        """Trains until the minutes are over, leaving a checkpoint every few."""
        clock, log, total = Clock(minutes, decay_share=DECAY_SHARE), Log(NAME), 0.0
        next_report = REPORT_MINUTES
        while (share := self.worker.agree(clock.share)) < 1:
            total += self._train_on(self.lesson.batch(BATCH), self.rate * clock.learning_rate_factor(share))
            if self.step % 50 == 0 and self.worker.is_first:
                log.row(step=self.step, share=share, loss=total / 50)
                total = 0.0
            if share * minutes > next_report:
                next_report += REPORT_MINUTES
                self._save()
        self._save()

    def _train_on(self, batch: Batch, rate: float) -> float:
        with autocast():
            loss = self.pupil(*(getattr(batch, name).to(device()) for name in batch.__slots__))
        self.pupil.zero_grad()
        loss.backward()
        self.worker.average_gradients(self.pupil.parameters())
        nn.utils.clip_grad_norm_(self.pupil.parameters(), 1.0)
        self.optimizer.step(rate)
        self.average.update(self.pupil)
        self.step += 1
        return loss.item()

    def _save(self) -> None:
        if self.worker.is_first:
            state = {
                "model": self.pupil.state_dict(),
                "average": self.average.state_dict(),
                "optimizer": self.optimizer.state_dict(),
                "step": self.step,
            }
            save_state(NAME, state)


def load_captioner() -> BlipForConditionalGeneration:
    """The captioner with the averaged weights of the last checkpoint."""
    state = needed_state(NAME)
    pupil = Pupil(len(new_tokenizer()))
    pupil.load_state_dict(state["average"]["values"])
    return pupil.captioner.eval().requires_grad_(False)
