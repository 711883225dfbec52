"""The denoiser: learns on small latents first, then on larger ones, together with the text encoder at first."""

from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from training.curriculum import STAGES, Stage
from training.feeds import Feed, Feeds, helper_count, served
from training.generate import noise_scheduler
from training.muon import Muon
from training.pool import Pool
from training.runs import (
    Average,
    Clock,
    Log,
    Worker,
    autocast,
    batch_factor,
    device,
    load_state,
    save_state,
)
from training.students import STUDENTS, load_storybook
from training.text import new_tokenizer, tokenize
from training.vae import load_vae

NO_CAPTION_SHARE = 0.1
WARMUP_STEPS = 100
DECAY_SHARE = 0.5
REPORT_MINUTES = 8
FIRST_FEEDS = 160
"""Before the first step: forty batches' worth."""


def train_unet(worker: Worker, name: str, minutes: float) -> None:
    """Trains through one stage, from the last checkpoint if there is one."""
    UNetTrainer(worker, STAGES[name]).run(minutes)


class UNetTrainer:
    """The denoiser's training loop."""

    def __init__(self, worker: Worker, stage: Stage) -> None:
        self.worker, self.stage, self.step = worker, stage, 0
        student = STUDENTS[stage.student]
        self.lesson, self.vae = student.lesson, load_vae().to(device())
        self.denoiser = student.build().to(device())
        self.average = Average(self.denoiser)
        self.denoiser.text_encoder.requires_grad_(stage.trains_text)
        trained = [(n, p) for n, p in self.denoiser.named_parameters() if p.requires_grad]
        self.parameters = [p for _, p in trained]
        self.optimizer = Muon(trained, worker)
        self._restore(load_state(stage.student))
        self.rng = np.random.default_rng([worker.rank, self.step])
        self.diets = [diet.times(batch_factor()) for diet in stage.diets]
        shares = stage.course_shares(0.5)  # of new drawings; what is taken of the pools follows the clock
        self.feeds = served(Feeds(self.lesson, self.diets, shares, worker, self.step), helper_count())
        self.pools = [Pool(diet.shape, diet.capacity, self.lesson.channels) for diet in self.diets]
        self.alphas = noise_scheduler().alphas_cumprod.to(device())
        self.empty_ids = tokenize(new_tokenizer(), [""]).to(device())
        worker.seed_noise(self.step)

    def run(self, minutes: float) -> None:
        """Trains until the minutes are over, leaving checkpoints and sheets."""
        log, total = Log(self.stage.student), torch.zeros((), device=device())
        self._fill_pools()
        clock = Clock(minutes)
        next_report = REPORT_MINUTES
        while (share := self.worker.agree(clock.share)) < 1:
            total += self._train_on_next(share)
            if self.step % 50 == 0:
                if self.worker.is_first:
                    log.row(step=self.step, share=share, size=self.stage.native_px, loss=float(total) / 50)
                total.zero_()
            if share * minutes > next_report:
                next_report += REPORT_MINUTES
                self._report()
        self._report()

    def _restore(self, state: dict[str, Any] | None) -> None:
        if state:
            self.denoiser.load_state_dict(state["model"])
            self.average.load_state_dict(state["average"])
            self.step = state["step"]
            if "optimizer" in state and state["trains_text"] == self.stage.trains_text:
                self.optimizer.load_state_dict(state["optimizer"])

    def _fill_pools(self) -> None:
        """Feeds each pool before the first step."""
        fed = 0
        while fed < FIRST_FEEDS or not all(sum(pool.added) for pool in self.pools):
            self._take_in(next(self.feeds))
            fed += 1

    def _take_in(self, feed: Feed) -> None:
        examples = self.lesson.encoded(self.vae, feed.pictures, feed.beside)
        self.pools[feed.diet_index].add(feed.courses, examples, feed.ids)

    def _train_on_next(self, share: float) -> Tensor:
        """Trains on the diet that is fed next; the loss."""
        feed = next(self.feeds)
        self._take_in(feed)
        batch = self.diets[feed.diet_index].batch
        examples, ids = self.pools[feed.diet_index].draw(batch, self.stage.course_shares(share), self.rng)
        untold = torch.rand(batch, 1, device=ids.device) < NO_CAPTION_SHARE
        ids = torch.where(untold, self.empty_ids, ids)
        return self._train_on(examples, ids, self.stage.rate * self._rate_factor(share))

    def _rate_factor(self, share: float) -> float:
        warmup = min(1.0, (self.step + 1) / WARMUP_STEPS)
        return warmup * min(1.0, (1 - share) / DECAY_SHARE) if self.stage.anneals else warmup

    def _train_on(self, examples: Tensor, ids: Tensor, rate: float) -> Tensor:
        with autocast():
            loss = self._velocity_loss(examples, self.denoiser.states(ids))
        self.denoiser.zero_grad()
        loss.backward()
        self.worker.average_gradients(self.parameters)
        nn.utils.clip_grad_norm_(self.parameters, 1.0)
        self.optimizer.step(rate)
        self.average.update(self.denoiser)
        self.step += 1
        return loss.detach()

    def _velocity_loss(self, examples: Tensor, states: Tensor) -> Tensor:
        """Mean squared error of v = sqrt(a) noise - sqrt(1 - a) latents (Salimans and Ho 2022, appendix D)."""
        latents, shown = examples[:, :4], examples[:, 4:]
        count = len(latents)
        noise = torch.randn_like(latents)
        spread = torch.arange(count, device=latents.device) + torch.rand(count, device=latents.device)
        timesteps = (spread / count * 1000).long()
        a = self.alphas[timesteps][:, None, None, None]
        noisy = a.sqrt() * latents + (1 - a).sqrt() * noise
        velocity = a.sqrt() * noise - (1 - a).sqrt() * latents
        return F.mse_loss(self.denoiser.velocity(noisy, shown, timesteps, states).float(), velocity)

    def _report(self) -> None:
        if not self.worker.is_first:
            return
        save_state(
            self.stage.student,
            {
                "model": self.denoiser.state_dict(),
                "average": self.average.state_dict(),
                "optimizer": self.optimizer.state_dict(),
                "step": self.step,
                "trains_text": self.stage.trains_text,
            },
        )
        student = self.stage.student
        STUDENTS[student].sheet(load_storybook(student), self.stage.native_px, f"{student}-{self.step:06d}")
