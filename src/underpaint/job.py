"""A request made ready to run: checked, with seeds and sizes decided and every picture's canvas prepared."""

import platform
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from importlib.metadata import version
from pathlib import Path

import numpy as np

from underpaint import __version__
from underpaint.canvas import PreparedCanvas, planned, prepare_all, soft_mask, used_sketch
from underpaint.codec import validated
from underpaint.control_units import check_units, is_idle
from underpaint.controls import JobControl, controls_of
from underpaint.errors import InvalidRequest
from underpaint.geometry import Size
from underpaint.image.picture import Picture, sha256_of_pixels
from underpaint.image.resize import size_of
from underpaint.image.sketch import is_painted
from underpaint.models.catalog import default_folders
from underpaint.models.memory import out_of_memory_explained
from underpaint.models.stable_diffusion import StableDiffusion
from underpaint.networks import JobNetworks, networks_of
from underpaint.plan import Plan
from underpaint.prompt.extra_networks import split_networks
from underpaint.prompt.reading import Reading
from underpaint.request import (
    MAX_SEED,
    BatchSettings,
    CompositeRule,
    InpaintRequest,
    MaskedContent,
    PromptPadding,
    ResizeMode,
    StepRule,
)
from underpaint.result import Recipe, UsedNetwork
from underpaint.sampling.noise import seeds_of_images
from underpaint.sampling.steps import steps_to_run
from underpaint.texts import PartOverTime, Texts, texts_of
from underpaint.traits import resamples

ASPECT_TOLERANCE = 0.02
CUT_OR_FILLED = (ResizeMode.CROP_AND_RESIZE, ResizeMode.RESIZE_AND_FILL)
"""Resize modes that keep a picture's shape."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """All that the batches of a request share."""

    request: InpaintRequest
    model: StableDiffusion
    plan: Plan
    """Of the first picture; the working size is the same for all."""
    pictures: tuple[Picture, ...]
    canvases: tuple[PreparedCanvas, ...]
    """One per input picture; none for text-to-image."""
    mask_size: Size | None
    recipe: Recipe
    """Of the first image; the others differ in index and seeds."""
    texts: Texts
    networks: JobNetworks
    controls: tuple[JobControl, ...] = ()
    ignores_sketch: bool = False
    """Something was sketched, but nothing of it counts."""

    @property
    def latent_shape(self) -> tuple[int, int, int]:
        """(4, h, w) of one image."""
        return 4, self.plan.latents.height, self.plan.latents.width

    @property
    def is_done_already(self) -> bool:
        """The input's bytes are the result: nothing is masked, or the original, without a sketch on it, stays at
        denoising strength 0."""
        rules, canvas = self.request.rules, self.request.canvas
        stays = (
            rules.composite is CompositeRule.EXACT
            and rules.steps is StepRule.EXACT
            and canvas.content is MaskedContent.ORIGINAL
            and self.recipe.sketch_sha256 is None
            and self.request.sampling.denoising_strength == 0
        )
        keeps_size = bool(self.canvases) and self.canvases[0].keeps_original_size
        return not self.plan.repaints or (stays and keeps_size)

    @property
    def notes(self) -> list[str]:
        """What the caller should hear before the job runs: settings that will not do what was probably meant."""
        found: list[str] = [*self.networks.notes]
        if self.recipe.is_mask_empty:
            found.append(
                "Nothing is masked (a wide blur can wipe out a tiny mask); the picture stays as it is."
            )
        found += self._notes_on_size
        if self.ignores_sketch:
            content = self.request.canvas.content
            found.append(
                "The sketch is not used: it lies outside the mask."
                if content is MaskedContent.ORIGINAL
                else f"The sketch is not used: only masked content original starts from it, {content} does not."
            )
        if self.request.mask.conditioning_strength != 1 and not self.model.is_inpaint_model:
            found.append(
                f"The conditioning strength has no effect: {self.model.name} is no inpainting checkpoint."
            )
        # the tasks fill it in whatever the model: an inpainting checkpoint, which needs none, is no reason to speak
        if self.request.sampling.resampling and not self.resamples and not self.model.is_inpaint_model:
            why = (
                f"{self.request.sampling.sampler} chooses its own steps"
                if self.plan.has_mask
                else "there is no mask"
            )
            found.append(f"Resampling has no effect: {why}.")
        if split_networks(self.request.prompt.negative)[1]:
            found.append("LoRAs in the negative prompt are text; name them in the prompt.")
        return found + [note for control in self.controls for note in self._notes_on_control(control)]

    @property
    def resamples(self) -> bool:
        """Whether the first steps are taken again."""
        sampling, rules = self.request.sampling, self.request.rules
        is_inpaint_model = self.model.is_inpaint_model
        return resamples(sampling, rules, has_mask=self.plan.has_mask, is_inpaint_model=is_inpaint_model)

    @property
    def steps(self) -> int:
        """The steps that the denoising strength leaves, as they are asked for; at least one."""
        return steps_to_run(self.request.sampling, self.request.rules, from_picture=bool(self.canvases))

    def _notes_on_control(self, control: JobControl) -> Iterator[str]:
        if is_idle(control.unit, self.steps):
            yield (
                f"The ControlNet {control.file.name} has no effect: its weight is 0, or no step lies between its start "
                "and end."
            )
        elif own := control.own_size:
            for size in dict.fromkeys(self._stretched_to):
                if _has_other_shape(own, size):
                    yield (
                        f"The control picture ({own}) of the ControlNet {control.file.name} has another shape than the "
                        f"picture ({size}); it is stretched."
                    )

    @property
    def _stretched_to(self) -> tuple[Size, ...]:
        """The sizes that control pictures take on, whatever their shape."""
        if self.pictures:
            return tuple(picture.size for picture in self.pictures)
        is_cut_or_filled = self.request.canvas.resize_mode in CUT_OR_FILLED
        return () if is_cut_or_filled else (self.plan.working,)

    @property
    def _notes_on_size(self) -> list[str]:
        """What becomes of a mask that has not the picture's size."""
        if not self.mask_size or not self.pictures or self.mask_size == (size := self.pictures[0].size):
            return []
        has_other_shape = _has_other_shape(self.mask_size, size)
        stretched = (
            f"The mask ({self.mask_size}) has another shape than the picture ({size}); it is stretched."
        )
        if self.plan.is_cropped and self.request.rules.composite is CompositeRule.A1111:
            unscaled = (
                f"The mask ({self.mask_size}) has another size than the picture ({size}); A1111's rule for only "
                "masked does not scale it and may repaint another place."
            )
            return [stretched, unscaled] if has_other_shape else [unscaled]
        scaled = f"The mask ({self.mask_size}) has another size than the picture ({size}); it is scaled."
        return [stretched if has_other_shape else scaled]

    def seeds_of_batch(self, batch: int) -> tuple[list[int], list[int]]:
        """Seeds and subseeds of the images of a batch."""
        size = self.request.batch.size
        images = slice(batch * size, (batch + 1) * size)
        seeds, subseeds = seeds_of_images(self.request.noise, self.request.batch.total)
        return seeds[images], subseeds[images]

    def recipe_of(self, index: int) -> Recipe:
        """The recipe of one image of the job."""
        batch, place = divmod(index, self.request.batch.size)
        seeds, subseeds = self.seeds_of_batch(batch)
        return replace(self.recipe, image_index=index, seed=seeds[place], subseed=subseeds[place])


def _has_other_shape(size: Size, picture: Size) -> bool:
    return abs(size.aspect / picture.aspect - 1) > ASPECT_TOLERANCE


def prepare_job(
    request: InpaintRequest,
    model: StableDiffusion,
    *,
    pictures: Sequence[Picture] = (),
    mask: np.ndarray | None = None,
    sketch: np.ndarray | None = None,
    control_pictures: Sequence[Picture] = (),
    folders: Sequence[Path] | None = None,
    allows_pickle: bool = False,
) -> Job:
    """Checks everything, draws open seeds, plans and prepares; no network runs.

    `pictures`: none = text-to-image, one = the usual case, several = one per image of a batch (the batch size is
    then their number). `mask`: uint8 (height, width), 255 = repaint; None = image-to-image. `sketch`: uint8
    (height, width, 4), RGB with straight alpha, of the picture's size; masked content *original* starts from the
    picture with this on it. `control_pictures`: those that the request's ControlNets name. `folders`: model folders,
    near which LoRAs, embeddings and ControlNets are looked for; None = the default ones. `allows_pickle`: ControlNets
    may be pickles, of which only tensors are read.
    """
    request = _checked(request, model, pictures, mask).with_seeds_drawn(random.SystemRandom())
    _check_sketch(pictures, mask, sketch)
    texts = texts_of(request, from_picture=bool(pictures))
    folders = default_folders() if folders is None else folders
    networks = networks_of(request, texts, model, folders)
    with out_of_memory_explained():
        soft = None if mask is None else soft_mask(request, mask)
        used = used_sketch(request, pictures[0].size, soft, sketch) if pictures else None
        shared = planned(request, pictures[0].size if pictures else None, soft, model.native_px)
        request = _with_working_size(request, shared.working)
        plans = [planned(request, picture.size, soft, model.native_px) for picture in pictures]
        canvases = prepare_all(request, list(zip(plans, pictures, strict=True)), soft, used)
        controls = controls_of(
            request, canvases, control_pictures, model, folders, allows_pickle=allows_pickle
        )
    return Job(
        request=request,
        model=model,
        plan=shared,
        pictures=tuple(pictures),
        canvases=tuple(canvases),
        mask_size=None if soft is None else size_of(soft),
        recipe=_recipe(
            request,
            model,
            pictures,
            mask,
            used,
            (*networks.used, *(control.used for control in controls)),
            is_mask_empty=soft is not None and not soft.any(),
            is_padded=_is_padded(request, texts, model, networks),
        ),
        texts=texts,
        networks=networks,
        controls=controls,
        ignores_sketch=sketch is not None and used is None and is_painted(sketch),
    )


def _recipe(
    request: InpaintRequest,
    model: StableDiffusion,
    pictures: Sequence[Picture],
    mask: np.ndarray | None,
    sketch: np.ndarray | None,
    networks: tuple[UsedNetwork, ...],
    *,
    is_mask_empty: bool,
    is_padded: bool,
) -> Recipe:
    """The recipe of the first image."""
    seeds, subseeds = seeds_of_images(request.noise, 1)
    return Recipe(
        request=request,
        image_index=0,
        seed=seeds[0],
        subseed=subseeds[0],
        model_name=model.name,
        model_sha256=model.sha256,
        device=model.device.type,
        picture_sha256=tuple(picture.sha256 for picture in pictures),
        mask_sha256=None if mask is None else sha256_of_pixels(mask),
        sketch_sha256=None if sketch is None else sha256_of_pixels(sketch),
        is_mask_empty=is_mask_empty,
        is_padded=is_padded,
        is_inpaint_model=model.is_inpaint_model,
        networks=networks,
        versions=library_versions(),
    )


def _is_padded(request: InpaintRequest, texts: Texts, model: StableDiffusion, networks: JobNetworks) -> bool:
    if request.prompt.padding is PromptPadding.NONE:
        return False
    reading = Reading.of(request)

    def length(part: PartOverTime) -> int:
        return model.text.count_chunks(networks.embeddings, part.texts, reading)

    return max(map(length, texts.positive)) != length(texts.negative)


def _checked(
    request: InpaintRequest, model: StableDiffusion, pictures: Sequence[Picture], mask: np.ndarray | None
) -> InpaintRequest:
    validated(request)
    if mask is not None and not pictures:
        raise InvalidRequest("A mask needs a picture to inpaint; give one, or leave out the mask.")
    if len(pictures) > 1:
        request = _with_batch_of(len(pictures), request)
    _check_seeds(request)
    check_units(request, has_picture=bool(pictures), has_mask=mask is not None)
    return request


def _check_sketch(pictures: Sequence[Picture], mask: np.ndarray | None, sketch: np.ndarray | None) -> None:
    if sketch is None:
        return
    if len(pictures) != 1 or mask is None:
        raise InvalidRequest(
            "A sketch needs one picture to lie on and a mask; give both, or leave out the sketch."
        )
    if sketch.dtype != np.uint8 or sketch.ndim != 3 or sketch.shape[2] != 4:
        raise InvalidRequest("A sketch must have four channels (RGB and alpha) of 8 bits.")
    if size_of(sketch) != pictures[0].size:
        raise InvalidRequest(
            f"The sketch ({size_of(sketch)}) must have the picture's size ({pictures[0].size}); save it at that size."
        )


def _with_batch_of(pictures: int, request: InpaintRequest) -> InpaintRequest:
    if pictures > request.batch.size:
        raise InvalidRequest(f"{pictures} pictures do not fit a batch of {request.batch.size}.")
    return replace(request, batch=BatchSettings(size=pictures, count=request.batch.count))


def _check_seeds(request: InpaintRequest) -> None:
    """The seeds of later images are counted up and must stay seeds."""
    for name, seed in (("seed", request.noise.seed), ("subseed", request.noise.subseed)):
        if (seed or 0) + request.batch.total - 1 > MAX_SEED:
            raise InvalidRequest(
                f"The {name} {seed} leaves no seeds for {request.batch.total} images; take a smaller one."
            )


def _with_working_size(request: InpaintRequest, size: Size) -> InpaintRequest:
    return replace(request, canvas=replace(request.canvas, width=size.width, height=size.height))


def library_versions() -> dict[str, str]:
    """What a recipe names, so that a different picture years later can be explained."""
    libraries = (
        "torch",
        "diffusers",
        "transformers",
        "numpy",
        "pillow",
        "opencv-python-headless",
        "torchsde",
    )
    return {
        "underpaint": __version__,
        "python": platform.python_version(),
        **{name: version(name) for name in libraries},
    }
