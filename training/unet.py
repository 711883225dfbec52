"""The denoiser: learns on small latents first, then on larger ones, together with the text encoder at first."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from diffusers import UNet2DConditionModel
from diffusers.models.attention_processor import AttnProcessor
from torch import Tensor, nn
from torch.nn import functional as F
from transformers import CLIPTextModel

from training.curriculum import STAGES, Stage
from training.generate import Storybook, enlarge, generate, noise_scheduler
from training.muon import Muon
from training.pool import Cook, Pool
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
from training.sheets import contact_sheet, save_picture
from training.text import WIDTH, load_text_encoder, new_text_encoder, new_tokenizer, tokenize
from training.vae import load_vae

CONFIG: dict[str, Any] = {
    "sample_size": 32,
    "in_channels": 4,
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
SHEET_PROMPTS = (
    "a girl with red hair and a blue dress, grass, day",
    "white cat, snow, night",
    "black cat on the sand, sunset",
    "tree with pink leaves, grass, day",
    "house with a red roof, field, sunset",
    "yellow flower, grass, night",
    "green bush, sand, day",
    "purple flower by the sea, sunset",
    "close-up of a girl with blonde hair and green eyes",
    "orange cat and a tree with green leaves, grass, day",
    "house with a blue roof by the sea, night",
    "a girl with black hair and a yellow dress by the sea",
    "tree with orange leaves in the snow, day",
    "grey cat in a field",
    "red flower",
    "sunset, sea",
)


def new_unet() -> UNet2DConditionModel:
    """An untrained denoiser."""
    unet = UNet2DConditionModel(**CONFIG)
    # On CPUs, plain matrix products train attention this small two to four times faster than torch's fused kernel.
    unet.set_attn_processor(AttnProcessor())
    return unet


class Denoiser(nn.Module):
    """Text encoder and UNet, trained as one."""

    def __init__(self, text_encoder: CLIPTextModel) -> None:
        super().__init__()
        self.text_encoder = text_encoder
        self.unet = new_unet()


def load_storybook() -> Storybook:
    """The averaged weights of the last checkpoint."""
    state = load_state("unet")
    if state is None:
        raise FileNotFoundError(f"no checkpoint {RUNS / 'unet.pt'}: run `python -m training unet8` first")
    tokenizer = new_tokenizer()
    denoiser = Denoiser(new_text_encoder(tokenizer))
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
        self.denoiser = Denoiser(load_text_encoder()).to(device())
        self.average = Average(self.denoiser)
        self.denoiser.text_encoder.requires_grad_(stage.trains_text)
        trained = [(n, p) for n, p in self.denoiser.named_parameters() if p.requires_grad]
        self.parameters = [p for _, p in trained]
        self.optimizer = Muon(trained, worker)
        self._restore(load_state("unet"))
        self.rng = np.random.default_rng([worker.rank, self.step])
        self.shared_rng = np.random.default_rng(self.step)
        self.cook = Cook(load_vae().to(device()), self.tokenizer, seed=1 + worker.rank + 10 * self.step)
        self.pools = [Pool(diet.shape, diet.capacity) for diet in stage.diets]
        self.alphas = noise_scheduler().alphas_cumprod.to(device())
        self.empty_ids = tokenize(self.tokenizer, [""])[0]
        worker.seed_noise(self.step)

    def run(self, minutes: float) -> None:
        """Trains until the minutes are over, leaving checkpoints and sheets."""
        log, total = Log("unet"), 0.0
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
        states = load_state(f"pool{self.worker.rank}") or {}
        for pool, diet in zip(self.pools, self.stage.diets, strict=True):
            if str(pool.shape) in states:
                pool.load_state_dict(states[str(pool.shape)])
            self.cook.fill(pool, round(40 * diet.batch * diet.share), self.stage.course_shares(0.0))

    def _train_on_diet(self, share: float) -> float:
        i = self.stage.pick_diet(self.shared_rng)
        diet, pool = self.stage.diets[i], self.pools[i]
        shares = self.stage.course_shares(share)
        self.cook.feed(pool, diet.fresh, shares)
        latents, ids = pool.draw(diet.batch, shares, self.rng)
        ids[torch.from_numpy(self.rng.random(len(ids)) < NO_CAPTION_SHARE)] = self.empty_ids
        rate = self.stage.rate * self._rate_factor(share)
        return self._train_on(latents.to(device()), ids.to(device()), rate)

    def _rate_factor(self, share: float) -> float:
        warmup = min(1.0, (self.step + 1) / WARMUP_STEPS)
        return warmup * min(1.0, (1 - share) / DECAY_SHARE) if self.stage.anneals else warmup

    def _train_on(self, latents: Tensor, ids: Tensor, rate: float) -> float:
        with autocast():
            states = self.denoiser.text_encoder(input_ids=ids).last_hidden_state
            loss = self._velocity_loss(latents, states)
        self.denoiser.zero_grad()
        loss.backward()
        self.worker.average_gradients(self.parameters)
        nn.utils.clip_grad_norm_(self.parameters, 1.0)
        self.optimizer.step(rate)
        self.average.update(self.denoiser)
        self.step += 1
        return loss.item()

    def _velocity_loss(self, latents: Tensor, states: Tensor) -> Tensor:
        """Mean squared error of v = sqrt(a) noise - sqrt(1 - a) latents (Salimans and Ho 2022, appendix D)."""
        count = len(latents)
        noise = torch.randn_like(latents)
        timesteps = ((torch.arange(count) + torch.rand(count)) / count * 1000).long().to(latents.device)
        a = self.alphas[timesteps][:, None, None, None]
        noisy = a.sqrt() * latents + (1 - a).sqrt() * noise
        velocity = a.sqrt() * noise - (1 - a).sqrt() * latents
        return F.mse_loss(self.denoiser.unet(noisy, timesteps, states).sample.float(), velocity)

    def _report(self) -> None:
        save_state(f"pool{self.worker.rank}", {str(p.shape): p.state_dict() for p in self.pools})
        if not self.worker.is_first:
            return
        save_state(
            "unet",
            {
                "model": self.denoiser.state_dict(),
                "average": self.average.state_dict(),
                "optimizer": self.optimizer.state_dict(),
                "step": self.step,
                "trains_text": self.stage.trains_text,
            },
        )
        save_sheet(load_storybook(), self.stage.native_px, f"unet-{self.step:06d}")


def save_sheet(model: Storybook, size_px: int, name: str, prompts: Sequence[str] = SHEET_PROMPTS) -> None:
    """A picture for each of the fixed prompts."""
    pictures = generate(model, prompts, range(len(prompts)), size_px=size_px, steps=12)
    pictures = [enlarge(p, max(1, 192 // size_px)) for p in pictures]
    save_picture(contact_sheet(pictures, 8, prompts), RUNS / f"{name}.png")
