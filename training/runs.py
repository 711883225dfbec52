"""What every training run shares: its folder, workers, clock, log and checkpoints."""

import csv
import os
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import torch
import torch.distributed as dist
from torch import Tensor, nn
from torch.multiprocessing.spawn import spawn

from training import foreach

RUNS = Path(__file__).resolve().parent.parent / ".training"
GPU_BATCH_FACTOR = 32
"""A step of the UNet takes about 0.17 s with it on an H200."""


def device() -> torch.device:
    """The accelerator when there is one."""
    return torch.device("cuda" if has_gpu() else "cpu")


def has_gpu() -> bool:
    """Whether there is a graphics card to train on."""
    return torch.cuda.is_available()


def autocast() -> torch.autocast:
    """Computes in bfloat16 where that is faster, in single precision elsewhere."""
    return torch.autocast(device().type, torch.bfloat16, enabled=fast_type() is torch.bfloat16)


@cache
def fast_type() -> torch.dtype:
    """bfloat16, or float32 on CPUs that only imitate bfloat16: there it is twenty times slower."""
    if has_gpu() or _multiply_s(torch.bfloat16) < _multiply_s(torch.float32):
        return torch.bfloat16
    return torch.float32


def _multiply_s(dtype: torch.dtype) -> float:
    """Seconds of processor time that one matrix product takes, at best."""
    matrix = torch.ones(512, 512, dtype=dtype)
    times: list[float] = []
    for _ in range(8):
        started = time.process_time()
        torch.matmul(matrix, matrix)
        times.append(time.process_time() - started)
    return min(times)


def worker_count() -> int:
    """One process per CPU core: measured 1.5 times faster here than one process with as many threads."""
    return 1 if has_gpu() else len(os.sched_getaffinity(0))


def batch_factor() -> int:
    """How many times larger a denoiser's batches are than on a processor: a graphics card is idle with small ones."""
    return GPU_BATCH_FACTOR if has_gpu() else 1


@dataclass(frozen=True, slots=True)
class Worker:
    """One of `count` processes that train the same weights on different data."""

    rank: int
    count: int

    @property
    def is_first(self) -> bool:
        return self.rank == 0

    def seed_noise(self, step: int) -> None:
        """Gives every worker noise of its own; call it after making the weights, which must be the same."""
        torch.manual_seed(step * self.count + self.rank)

    def average_gradients(self, parameters: Iterable[nn.Parameter]) -> None:
        """Makes every worker's gradients the mean over workers."""
        if self.count == 1:
            return
        gradients = [p.grad for p in parameters if p.grad is not None]
        flat = torch.cat([g.flatten() for g in gradients])
        dist.all_reduce(flat)
        flat /= self.count
        for gradient, mean in zip(gradients, flat.split([g.numel() for g in gradients]), strict=True):
            gradient.copy_(mean.view_as(gradient))

    def agree(self, value: float) -> float:
        """The first worker's value, on every worker."""
        if self.count == 1:
            return value
        shared = torch.tensor(value, dtype=torch.float64)
        dist.broadcast(shared, src=0)
        return float(shared)


def launch(job: Callable[..., None], *arguments: Any, workers: int | None = None) -> None:
    """Runs `job(worker, *arguments)` in as many processes as pay off and waits for them."""
    count = workers or worker_count()
    if count == 1:
        job(Worker(0, 1), *arguments)
        return
    port = 20000 + os.getpid() % 20000
    spawn(_enter, args=(count, port, job, arguments), nprocs=count)


def _enter(rank: int, count: int, port: int, job: Callable[..., None], arguments: tuple[Any, ...]) -> None:
    torch.set_num_threads(1)
    torch.manual_seed(0)
    dist.init_process_group("gloo", init_method=f"tcp://127.0.0.1:{port}", rank=rank, world_size=count)
    job(Worker(rank, count), *arguments)
    dist.destroy_process_group()


@dataclass(slots=True)
class Clock:
    """A budget of minutes; learning rates follow it, so that a run of any length ends well annealed."""

    minutes: float
    warmup_share: float = 0.02
    decay_share: float = 0.3
    started: float = field(default_factory=time.monotonic)

    @property
    def share(self) -> float:
        """The part of the budget used so far, 0 to 1."""
        return min(1.0, (time.monotonic() - self.started) / (60 * self.minutes))

    def learning_rate_factor(self, share: float) -> float:
        """Warm up, hold, then fall linearly to 2 %."""
        rising = min(1.0, share / self.warmup_share + 0.02)
        falling = min(1.0, (1 - share) / self.decay_share)
        return max(0.02, min(rising, falling))


def set_learning_rate(optimizer: torch.optim.Optimizer, rate: float) -> None:
    """Gives all parameter groups the same rate."""
    for group in optimizer.param_groups:
        group["lr"] = rate


class Log:
    """Appends rows to a CSV file and prints them."""

    def __init__(self, name: str) -> None:
        RUNS.mkdir(exist_ok=True)
        self.path = RUNS / f"{name}.csv"

    def row(self, **values: float | int | str) -> None:
        """Adds one row; the first row of a file names the columns."""
        cells = {"time": time.strftime("%H:%M:%S"), **values}
        text = {k: f"{v:.5g}" if isinstance(v, float) else str(v) for k, v in cells.items()}
        is_new = not self.path.exists()
        with self.path.open("a", newline="") as file:
            writer = csv.DictWriter(file, fieldnames=list(text))
            if is_new:
                writer.writeheader()
            writer.writerow(text)
        print(" ".join(f"{k}={v}" for k, v in text.items()), flush=True)


def save_state(name: str, state: dict[str, Any]) -> None:
    """Replaces a checkpoint in one step, so that a killed run never leaves half of one."""
    path = RUNS / f"{name}.pt"
    temporary = path.with_suffix(".tmp")
    torch.save(state, temporary)
    temporary.replace(path)


def load_state(name: str) -> dict[str, Any] | None:
    """The checkpoint of that name, or None before the first one."""
    path = RUNS / f"{name}.pt"
    return torch.load(path, map_location="cpu", weights_only=True) if path.exists() else None


MAKERS = {
    "decoder": ("adopt", "freeze"),
    "text": ("adopt", "text"),
    "unet": ("adopt", "unet8"),
    "inpaint": ("inpaint16",),
}
"""The stages that make a checkpoint first, where it is not one of its own name."""


class MissingCheckpoint(FileNotFoundError):
    """A stage lacks what another one leaves."""


def needed_state(name: str) -> dict[str, Any]:
    """The checkpoint of that name; raises `MissingCheckpoint`, saying which stages make it."""
    state = load_state(name)
    if state is None:
        raise _missing(name)
    return state


def require_states(names: Iterable[str]) -> None:
    """Raises `MissingCheckpoint` for the first that is not there."""
    for name in names:
        if not has_state(name):
            raise _missing(name)


def _missing(name: str) -> MissingCheckpoint:
    stages = " or ".join(f"`python -m training {stage}`" for stage in MAKERS.get(name, (name,)))
    return MissingCheckpoint(f"There is no checkpoint {RUNS / name}.pt: run {stages} first.")


def has_state(name: str) -> bool:
    """Whether there is a checkpoint of that name."""
    return (RUNS / f"{name}.pt").exists()


class Average:
    """A moving average of a module's weights over about the last sixteenth of its training (Karras et al. 2024)."""

    def __init__(self, module: nn.Module) -> None:
        self.steps = 0
        self.values: dict[str, Tensor] = {k: v.detach().clone() for k, v in module.state_dict().items()}

    @torch.no_grad()
    def update(self, module: nn.Module) -> None:
        """Moves the average towards the module."""
        self.steps += 1
        weight = min(1.0, 16 / self.steps)
        state = module.state_dict()
        floating = [k for k, v in state.items() if v.is_floating_point()]
        foreach.lerp_([self.values[k] for k in floating], [state[k] for k in floating], weight)

    def state_dict(self) -> dict[str, Any]:
        return {"steps": self.steps, "values": self.values}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        if self.values.keys() != state["values"].keys():
            raise ValueError("this average is of another module")
        self.steps = state["steps"]
        for name, value in state["values"].items():
            self.values[name].copy_(value)
