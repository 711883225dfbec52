"""The denoiser: learns on small latents first, then on larger ones, together with the text encoder at first."""

from typing import Any

import numpy as np
import torch
from diffusers import UNet2DConditionModel
from diffusers.models.attention_processor import AttnProcessor
from torch import Tensor, nn
from torch.nn import functional as F
from transformers import CLIPTextModel

from training.curriculum import STAGES, Stage
from training.generate import Storybook, noise_scheduler
from training.lessons import Painting, Repainting
from training.muon import Muon
from training.pool import Cook, Pool
from training.progress import save_painting_sheet, save_repainting_sheet
from training.runs import (
    RUNS,
    Average,
    Clock,
    Log,
    Worker,
    autocast,
    device,
    load_state,
    save_state,
)
from training.text import WIDTH, load_text_encoder, new_text_encoder, new_tokenizer, tokenize
from training.vae import load_vae

CONFIG: dict[str, Any] = {
    "sample_size": 32,
    "out_channels": 4,
    "down_block_types": ("DownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D"),
    "up_block_types": ("CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "UpBlock2D"),
    "block_out_channels": (64, 128, 192),
    "layers_per_block": 1,
    "attention_head_dim": 4,  # diffusers' name for the number of heads
    "cross_attention_dim": WIDTH,
    "norm_num_groups": 32,
}

NO_CAPTION_SHARE = 0.1
WARMUP_STEPS = 100
DECAY_SHARE = 0.5
REPORT_MINUTES = 8
LESSONS: dict[str, type[Painting | Repainting]] = {"unet": Painting, "inpaint": Repainting}
"""What each student is taught."""
SHEETS = {"unet": save_painting_sheet, "inpaint": save_repainting_sheet}


def new_unet(in_channels: int = 4) -> UNet2DConditionModel:
    """An untrained denoiser."""
    unet = UNet2DConditionModel(**CONFIG, in_channels=in_channels)
    # On CPUs, plain matrix products train attention this small two to four times faster than torch's fused kernel.
    unet.set_attn_processor(AttnProcessor())
    return unet


class Denoiser(nn.Module):
    """Text encoder and UNet, trained as one."""

    def __init__(self, text_encoder: CLIPTextModel, in_channels: int = 4) -> None:
        super().__init__()
        self.text_encoder = text_encoder
        self.unet = new_unet(in_channels)


def first_state(student: str) -> dict[str, Any] | None:
    """What a student begins with: who repaints, with the painter's averaged weights, and an input convolution that does not
    listen to its five new channels yet; who paints, with nothing."""
    painter = load_state("unet")
    if student == "unet" or painter is None:
        return None
    values: dict[str, Tensor] = painter["average"]["values"]
    narrow = values["unet.conv_in.weight"]
    wide = torch.zeros(len(narrow), Repainting.channels, *narrow.shape[2:])
    wide[:, : narrow.shape[1]] = narrow
    values = {**values, "unet.conv_in.weight": wide}
    return {"model": values, "average": {"steps": 0, "values": values}, "step": 0}


def load_storybook(student: str = "unet") -> Storybook:
    """The averaged weights of the last checkpoint."""
    state = load_state(student)
    if state is None:
        raise FileNotFoundError(f"no checkpoint {RUNS / student}.pt: run `python -m training unet8` first")
    tokenizer = new_tokenizer()
    denoiser = Denoiser(new_text_encoder(tokenizer), LESSONS[student].channels)
    denoiser.load_state_dict(state["average"]["values"])
    denoiser.eval().requires_grad_(False)
    return Storybook(tokenizer, denoiser.text_encoder, denoiser.unet, load_vae())


def train_unet(worker: Worker, name: str, minutes: float) -> None:
    """Trains through one stage, from the last checkpoint if there is one."""
    UNetTrainer(worker, STAGES[name]).run(minutes)


class UNetTrainer:
    """The denoiser's training loop."""

    def __init__(self, worker: Worker, stage: Stage) -> None:
        self.worker, self.stage, self.step = worker, stage, 0
        self.tokenizer = new_tokenizer()
        lesson = LESSONS[stage.student](load_vae().to(device()))
        self.denoiser = Denoiser(load_text_encoder(), lesson.channels).to(device())
        self.average = Average(self.denoiser)
        self.denoiser.text_encoder.requires_grad_(stage.trains_text)
        trained = [(n, p) for n, p in self.denoiser.named_parameters() if p.requires_grad]
        self.parameters = [p for _, p in trained]
        self.optimizer = Muon(trained, worker)
        self._restore(load_state(stage.student) or first_state(stage.student))
        self.rng = np.random.default_rng([worker.rank, self.step])
        self.shared_rng = np.random.default_rng(self.step)
        self.cook = Cook(lesson, self.tokenizer, seed=1 + worker.rank + 10 * self.step)
        self.pools = [Pool(diet.shape, diet.capacity, lesson.channels) for diet in stage.diets]
        self.alphas = noise_scheduler().alphas_cumprod.to(device())
        self.empty_ids = tokenize(self.tokenizer, [""])[0]
        worker.seed_noise(self.step)

    def run(self, minutes: float) -> None:
        """Trains until the minutes are over, leaving checkpoints and sheets."""
        log, total = Log(self.stage.student), 0.0
        self._fill_pools()
        clock = Clock(minutes)
        next_report = REPORT_MINUTES
        while (share := self.worker.agree(clock.share)) < 1:
            total += self._train_on_diet(share)
            if self.step % 50 == 0 and self.worker.is_first:
                log.row(step=self.step, share=share, size=self.stage.native_px, loss=total / 50)
                total = 0.0
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
        """Takes back the pools of the last run; new ones start with twenty batches."""
        states = load_state(self._pool_name()) or {}
        for pool, diet in zip(self.pools, self.stage.diets, strict=True):
            if str(pool.shape) in states:
                pool.load_state_dict(states[str(pool.shape)])
            self.cook.fill(pool, round(40 * diet.batch * diet.share), self.stage.course_shares(0.0))

    def _pool_name(self) -> str:
        return f"pool-{self.stage.student}{self.worker.rank}"

    def _train_on_diet(self, share: float) -> float:
        i = self.stage.pick_diet(self.shared_rng)
        diet, pool = self.stage.diets[i], self.pools[i]
        shares = self.stage.course_shares(share)
        self.cook.feed(pool, diet.fresh, shares)
        examples, ids = pool.draw(diet.batch, shares, self.rng)
        ids[torch.from_numpy(self.rng.random(len(ids)) < NO_CAPTION_SHARE)] = self.empty_ids
        rate = self.stage.rate * self._rate_factor(share)
        return self._train_on(examples.to(device()), ids.to(device()), rate)

    def _rate_factor(self, share: float) -> float:
        warmup = min(1.0, (self.step + 1) / WARMUP_STEPS)
        return warmup * min(1.0, (1 - share) / DECAY_SHARE) if self.stage.anneals else warmup

    def _train_on(self, examples: Tensor, ids: Tensor, rate: float) -> float:
        with autocast():
            states = self.denoiser.text_encoder(input_ids=ids).last_hidden_state
            loss = self._velocity_loss(examples, states)
        self.denoiser.zero_grad()
        loss.backward()
        self.worker.average_gradients(self.parameters)
        nn.utils.clip_grad_norm_(self.parameters, 1.0)
        self.optimizer.step(rate)
        self.average.update(self.denoiser)
        self.step += 1
        return loss.item()

    def _velocity_loss(self, examples: Tensor, states: Tensor) -> Tensor:
        """Mean squared error of v = sqrt(a) noise - sqrt(1 - a) latents (Salimans and Ho 2022, appendix D)."""
        latents, shown = examples[:, :4], examples[:, 4:]
        count = len(latents)
        noise = torch.randn_like(latents)
        timesteps = ((torch.arange(count) + torch.rand(count)) / count * 1000).long().to(latents.device)
        a = self.alphas[timesteps][:, None, None, None]
        noisy = a.sqrt() * latents + (1 - a).sqrt() * noise
        velocity = a.sqrt() * noise - (1 - a).sqrt() * latents
        return F.mse_loss(
            self.denoiser.unet(torch.cat([noisy, shown], 1), timesteps, states).sample.float(), velocity
        )

    def _report(self) -> None:
        save_state(self._pool_name(), {str(p.shape): p.state_dict() for p in self.pools})
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
        SHEETS[student](load_storybook(student), self.stage.native_px, f"{student}-{self.step:06d}")
