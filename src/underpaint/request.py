"""`InpaintRequest`: every setting that decides a picture, as one frozen value.

Text-to-image is a request run without a picture, image-to-image one run without a mask. Pixels travel beside the
request and are named by their sha256 in the record of the result. Nothing is checked on construction: `validated`
checks once, at the start of the pipeline.
"""

import random
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Annotated, Any, ClassVar

from annotated_types import Interval, MaxLen, MultipleOf

MAX_SEED = 2**32 - 1
GRID_PX = 8
STRICT: dict[str, Any] = {"extra": "forbid", "allow_inf_nan": False}
"""For pydantic, which checks requests that come over HTTP: misspelt settings are refused, not ignored."""


class MaskMode(StrEnum):
    """Which side of the mask is repainted."""

    MASKED = "masked"
    NOT_MASKED = "not-masked"


class MaskedContent(StrEnum):
    """The underpainting: what lies under the mask when denoising starts."""

    ORIGINAL = "original"
    FILL = "fill"
    LATENT_NOISE = "latent-noise"
    LATENT_NOTHING = "latent-nothing"


class InpaintArea(StrEnum):
    """What the model sees: the whole picture, or a crop around the mask scaled to the working size."""

    WHOLE_PICTURE = "whole"
    ONLY_MASKED = "only-masked"


class ResizeMode(StrEnum):
    """How a picture of another shape is brought to the requested size."""

    JUST_RESIZE = "just-resize"
    CROP_AND_RESIZE = "crop-and-resize"
    RESIZE_AND_FILL = "resize-and-fill"
    LATENT_UPSCALE = "latent-upscale"


class Sampler(StrEnum):
    """Solvers by the names A1111 writes into its files, in its order."""

    DPMPP_2M = "DPM++ 2M"
    DPMPP_SDE = "DPM++ SDE"
    DPMPP_2M_SDE = "DPM++ 2M SDE"
    DPMPP_2M_SDE_HEUN = "DPM++ 2M SDE Heun"
    DPMPP_2S_A = "DPM++ 2S a"
    DPMPP_3M_SDE = "DPM++ 3M SDE"
    EULER_A = "Euler a"
    EULER = "Euler"
    LMS = "LMS"
    HEUN = "Heun"
    DPM2 = "DPM2"
    DPM2_A = "DPM2 a"
    DPM_FAST = "DPM fast"
    DPM_ADAPTIVE = "DPM adaptive"
    """Chooses its own steps; the number asked for only decides where it starts."""
    RESTART = "Restart"
    DDIM = "DDIM"
    DDIM_CFGPP = "DDIM CFG++"
    """Takes a CFG scale of 12.5 as the paper's 1."""
    PLMS = "PLMS"
    UNIPC = "UniPC"
    LCM = "LCM"
    """For checkpoints distilled into latent consistency models."""


class Scheduler(StrEnum):
    """Noise schedules by A1111's labels. Automatic takes the sampler's own."""

    AUTOMATIC = "Automatic"
    UNIFORM = "Uniform"
    KARRAS = "Karras"
    EXPONENTIAL = "Exponential"
    POLYEXPONENTIAL = "Polyexponential"
    SGM_UNIFORM = "SGM Uniform"
    KL_OPTIMAL = "KL Optimal"
    ALIGN_YOUR_STEPS = "Align Your Steps"
    SIMPLE = "Simple"
    NORMAL = "Normal"
    DDIM = "DDIM"
    BETA = "Beta"


class RngSource(StrEnum):
    """Where noise comes from: torch's CPU generator, or Philox as an NVIDIA card draws it."""

    CPU = "cpu"
    NV = "nv"


class Emphasis(StrEnum):
    """What `(word:1.2)` does to the text embedding."""

    ORIGINAL = "original"
    NO_NORM = "no-norm"
    IGNORE = "ignore"
    NONE = "none"


class FileReading(StrEnum):
    """How files become pictures and masks, where the request is known when they are read: on the command line and in
    A1111's API."""

    A1111 = "a1111"
    """8 bits, no colour profile; 16-bit greys end at 255. Only RGBA and palettes of several opacities have
    transparency: grey with alpha and a single transparent colour count as opaque."""
    EXACT = "exact"
    """All the depth and transparency that a file has, and its colour profile."""


class EditTimes(StrEnum):
    """What the number in `[cat:dog:0.5]` means."""

    POINTED = "pointed"
    """With a point a fraction of all steps, without one a step."""
    BELOW_ONE = "below-one"
    """Below 1 a fraction, from 1 on a step (A1111 before 1.6, and its option for old prompt editing)."""


class PromptPadding(StrEnum):
    """What fills up the shorter of prompt and negative prompt, where they differ in chunks of 75 tokens."""

    NONE = "none"
    """Nothing: each keeps its length."""
    EMPTY = "empty"
    """Empty prompts (A1111's pad_cond_uncond)."""
    REPEAT = "repeat"
    """The negative prompt gets the prompt's length: its last token repeated, or its end cut off (A1111's
    pad_cond_uncond_v0)."""


class StepRule(StrEnum):
    """How denoising strength d and S steps become model calls."""

    A1111 = "a1111"
    """The last int(min(d, 0.999)·S) + 1 of the S steps."""
    A1111_FIX_STEPS = "a1111-fix-steps"
    """S calls, taken from a schedule of int(S / min(d, 0.999)) steps (A1111's option img2img_fix_steps)."""
    EXACT = "exact"
    """The last round(d·S) of the S steps, at least one; strength 0 keeps the picture as it is."""


class LatentMaskRule(StrEnum):
    """Which latent cells are repainted."""

    ROUNDED = "rounded"
    """Bicubic downscale, rounded: a cell counts from half cover on (A1111)."""
    COVERING = "covering"
    """Every cell that holds any masked pixel, so that nothing masked is left as it was."""
    SOFT = "soft"
    """Bicubic downscale as it is: a cell is repainted as far as it is masked (A1111's mask_round off). Soft inpainting
    always takes this."""


class ContentNoise(StrEnum):
    """Which noise *latent noise* puts under the mask."""

    SHARED = "shared"
    """The first batch's starting noise, for every batch (A1111): under the mask, start = (1 + sigma)·noise."""
    INDEPENDENT = "independent"
    """Noise of its own for every image."""


class SubseedBlend(StrEnum):
    """How the noises of seed and variation seed become one."""

    A1111 = "a1111"
    """Turned from one towards the other column by column, each with an angle of its own; nearly parallel noises are
    mixed with swapped weights."""
    IMAGE = "image"
    """Turned as one vector per image; nearly parallel noises are mixed straight."""


class GuidanceStart(StrEnum):
    """How many calls `negative_from`, a share s of C model calls, leaves without the negative prompt."""

    A1111 = "a1111"
    """Call i from 0 on, if i/C <= s: one call more than the share, and the first one for any share above 0."""
    EXACT = "exact"
    """The first round(s·C)."""


class CompositeRule(StrEnum):
    """How the generated pixels come back into the picture."""

    A1111 = "a1111"
    """8-bit overlay as A1111 pastes it; whole-picture results have the working size; alpha and
    colour profile are dropped; for only masked, a mask of another size than the picture is not scaled."""
    EXACT = "exact"
    """Into the untouched original at its own size, alpha and bit depth; bytes outside the soft mask stay."""


class PixelRounding(StrEnum):
    """How decoded floats become bytes."""

    TRUNCATE = "truncate"
    NEAREST = "nearest"


class ColourCorrectionRule(StrEnum):
    """How finely `canvas.corrects_colours` computes."""

    A1111 = "a1111"
    """In 8 bits: the decoded picture, its L*a*b*, the matched L*a*b*, its colours and the result are whole levels, each
    rounded or cut."""
    EXACT = "exact"
    """In floats, from the decoded picture to the result."""


class DdimRule(StrEnum):
    """How DDIM, DDIM CFG++, PLMS and UniPC walk."""

    A1111 = "a1111"
    """Over timesteps of their own, whatever the schedule: first call one stride below the added noise; ends at
    timestep 1; mask blended into the model's input; `negative_min_sigma` is compared with timesteps."""
    EXACT = "exact"
    """Over the schedule's sigmas: starts at the added noise, ends at sigma 0; mask pins the clean estimate, as for
    every other sampler."""


class LastStepRule(StrEnum):
    """Where the KL Optimal schedule, DPM fast and DPM adaptive end."""

    A1111 = "a1111"
    """At the smallest sigma, whose noise stays in the picture."""
    CLEAN = "clean"
    """At sigma 0, as everything else."""


class OneStepRule(StrEnum):
    """Where Align Your Steps starts when it is made for a single step."""

    LOWEST = "lowest"
    """At its lowest level, 0.029, where almost nothing is left to remove (A1111)."""
    HIGHEST = "highest"
    """At its highest, 14.6, as every other schedule."""


class BetaQuantiles(StrEnum):
    """What the Beta schedule spreads by the quantiles of its distribution."""

    SIGMA = "sigma"
    """Sigmas: nearly all steps lie at high noise (A1111)."""
    TIMESTEP = "timestep"
    """Timesteps, as its authors do."""


class StepControl(StrEnum):
    """Whose error DPM adaptive watches when it chooses a step."""

    BATCH = "batch"
    """All images of the batch together, so that a picture depends on its neighbours (A1111)."""
    IMAGE = "image"
    """Each image's own. A batch takes as long as its images one after the other would, or longer."""


class ThirdOrderRule(StrEnum):
    """How DPM++ 3M SDE weighs the curvature of its estimates."""

    A1111 = "a1111"
    """Half, as in its authors' code and k-diffusion: then it converges with second order only."""
    EXACT = "exact"
    """Whole: third order."""


class NoiseLevels(StrEnum):
    """Which noise levels the model's 1000 timesteps stand for."""

    TRAINED = "trained"
    """Those of the checkpoint."""
    ZERO_TERMINAL_SNR = "zero-terminal-snr"
    """Stretched so that hardly anything of the picture is left at the last (Lin et al. 2023)."""


class UniPcVariant(StrEnum):
    """How UniPC weighs the estimates it knows (Zhao et al. 2023)."""

    BH1 = "bh1"
    """B(h) = h"""
    BH2 = "bh2"
    """B(h) = e^h - 1"""
    VARY_COEFF = "vary-coeff"
    """Coefficients that vary with h, without a B(h)."""


class UniPcCorrectorRule(StrEnum):
    """What UniPC's variant `vary-coeff` corrects by."""

    A1111 = "a1111"
    """As in its authors' code, which takes one weight of another row and leaves out terms: it converges with
    first order only."""
    EXACT = "exact"
    """All terms of the paper."""


class UniPcSpacing(StrEnum):
    """Where A1111's UniPC puts its steps; without effect under `rules.ddim` exact, where the schedule decides."""

    TIME_UNIFORM = "time-uniform"
    TIME_QUADRATIC = "time-quadratic"
    LOG_SNR = "log-snr"


class TimelineRule(StrEnum):
    """When an edit in a prompt takes place, as in `[cat:dog:0.5]`."""

    A1111 = "a1111"
    """On a timeline of the steps asked for, whatever the denoising strength leaves of them, with two entries per step
    for samplers of second order; the first text holds one entry longer than said."""
    EXACT = "exact"
    """On the steps that run: half of them are done at 0.5."""


class BreakRule(StrEnum):
    """Where `BREAK` starts a new chunk of 75 tokens."""

    A1111 = "a1111"
    """Not inside brackets that change a weight: there it is the word "BREAK", weighted with the opposite sign."""
    EVERYWHERE = "everywhere"


class EmphasisMean(StrEnum):
    """What the mean of token vectors is taken over, which emphasis keeps as it was."""

    A1111 = "a1111"
    """All texts that a prompt becomes by editing: what comes later changes the vectors of what comes first."""
    EACH = "each"
    """Each text."""


class TextLengths(StrEnum):
    """How many tokens the texts of one prompt have: those that it becomes by editing, and the parts of a composition."""

    A1111 = "a1111"
    """As many as the longest: edited texts are filled up with empty prompts, parts by repeating their last token."""
    OWN = "own"
    """Each its own."""


class MovedEmbeddings(StrEnum):
    """What becomes of an embedding whose phrase moves on whole to the next 75 tokens."""

    A1111 = "a1111"
    """Its vectors stay behind, in the padding; as many exclamation marks move."""
    FOLLOW = "follow"
    """It moves with its phrase."""


class RepeatedNetworks(StrEnum):
    """What a LoRA does that a prompt names twice."""

    A1111 = "a1111"
    """The last strengths count, once per mention."""
    EACH = "each"
    """Each mention counts with its own strengths."""


class UnknownNetworks(StrEnum):
    """What becomes of a LoRA in a prompt that is in no folder."""

    IGNORED = "ignored"
    """A note says so; the picture is made without it (A1111)."""
    REFUSED = "refused"
    """The request is refused."""


class PromptWeightRule(StrEnum):
    """Whether a number after a colon at a prompt's very end weights the whole prompt."""

    A1111 = "a1111"
    """Always: `a cat: 1.2` and the unclosed `a (cat:1.2` multiply the CFG scale and lose that text."""
    COMPOSITION = "composition"
    """Only for the parts of a composition with AND; elsewhere it is text."""


class ControlPreprocessor(StrEnum):
    """How a picture becomes what a ControlNet sees; formulas in `underpaint.image.control`."""

    NONE = "none"
    """As it is."""
    LINEART = "lineart"
    """Its lines and the borders between its colours, white on black."""
    CANNY = "canny"
    """Its edges by Canny's method, white on black, one pixel wide."""
    INPAINT = "inpaint"
    """As it is, with a hole where the mask lets the model repaint (ControlNet 1.1's inpaint models)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """Every way in which the two profiles differ, by name. See docs/reference/profiles.md."""

    __pydantic_config__: ClassVar = STRICT

    file_reading: FileReading = FileReading.EXACT
    steps: StepRule = StepRule.EXACT
    latent_mask: LatentMaskRule = LatentMaskRule.COVERING
    content_noise: ContentNoise = ContentNoise.INDEPENDENT
    subseed_blend: SubseedBlend = SubseedBlend.IMAGE
    guidance_start: GuidanceStart = GuidanceStart.EXACT
    composite: CompositeRule = CompositeRule.EXACT
    pixel_rounding: PixelRounding = PixelRounding.NEAREST
    colour_correction: ColourCorrectionRule = ColourCorrectionRule.EXACT
    ddim: DdimRule = DdimRule.EXACT
    last_step: LastStepRule = LastStepRule.CLEAN
    one_step: OneStepRule = OneStepRule.HIGHEST
    beta_quantiles: BetaQuantiles = BetaQuantiles.TIMESTEP
    step_control: StepControl = StepControl.IMAGE
    third_order: ThirdOrderRule = ThirdOrderRule.EXACT
    unipc_corrector: UniPcCorrectorRule = UniPcCorrectorRule.EXACT
    prompt_weight: PromptWeightRule = PromptWeightRule.COMPOSITION
    prompt_timeline: TimelineRule = TimelineRule.EXACT
    prompt_breaks: BreakRule = BreakRule.EVERYWHERE
    emphasis_mean: EmphasisMean = EmphasisMean.EACH
    text_lengths: TextLengths = TextLengths.OWN
    moved_embeddings: MovedEmbeddings = MovedEmbeddings.FOLLOW
    repeated_networks: RepeatedNetworks = RepeatedNetworks.EACH
    unknown_networks: UnknownNetworks = UnknownNetworks.REFUSED


class Profile:
    """The two sets of rules."""

    @staticmethod
    def a1111() -> Rules:
        """What AUTOMATIC1111's webui 1.10.1 does, quirks included."""
        return Rules(
            file_reading=FileReading.A1111,
            steps=StepRule.A1111,
            latent_mask=LatentMaskRule.ROUNDED,
            content_noise=ContentNoise.SHARED,
            subseed_blend=SubseedBlend.A1111,
            guidance_start=GuidanceStart.A1111,
            composite=CompositeRule.A1111,
            pixel_rounding=PixelRounding.TRUNCATE,
            colour_correction=ColourCorrectionRule.A1111,
            ddim=DdimRule.A1111,
            last_step=LastStepRule.A1111,
            one_step=OneStepRule.LOWEST,
            beta_quantiles=BetaQuantiles.SIGMA,
            step_control=StepControl.BATCH,
            third_order=ThirdOrderRule.A1111,
            unipc_corrector=UniPcCorrectorRule.A1111,
            prompt_weight=PromptWeightRule.A1111,
            prompt_timeline=TimelineRule.A1111,
            prompt_breaks=BreakRule.A1111,
            emphasis_mean=EmphasisMean.A1111,
            text_lengths=TextLengths.A1111,
            moved_embeddings=MovedEmbeddings.A1111,
            repeated_networks=RepeatedNetworks.A1111,
            unknown_networks=UnknownNetworks.IGNORED,
        )

    @staticmethod
    def studio() -> Rules:
        """Our own best: the defaults of `Rules`."""
        return Rules()


@dataclass(frozen=True, slots=True)
class Matches:
    """A limit for text: the whole of it has this form."""

    pattern: str
    in_words: str

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> Any:
        """Tells pydantic the same limit."""
        return {**handler(source), "pattern": f"^(?:{self.pattern})$"}


LONGEST_PROMPT = 10_000
PromptText = Annotated[str, MaxLen(LONGEST_PROMPT)]
Strength = Annotated[float, Interval(ge=0, le=1)]
Steps = Annotated[int, Interval(ge=1, le=150)]
CfgScale = Annotated[float, Interval(ge=0, le=100)]
Seed = Annotated[int, Interval(ge=0, le=MAX_SEED)]
Sha256 = Annotated[str, Matches(r"[0-9a-f]{64}", "a sha256 in hexadecimal digits")]
SidePx = Annotated[int, Interval(ge=64, le=8192), MultipleOf(GRID_PX)]


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptSettings:
    __pydantic_config__: ClassVar = STRICT

    positive: PromptText = ""
    """Words, with emphasis `(word:1.2)`, `BREAK`, `AND`, editing `[cat:dog:0.5]`, alternation `[cat|dog]`, names of
    textual-inversion embeddings, and LoRAs `<lora:name:0.8>`."""
    negative: PromptText = ""
    """The same, but for `AND` and LoRAs, which are text here."""
    clip_skip: Annotated[int, Interval(ge=1, le=12)] = 1
    """1 = the text encoder's last layer, 2 = the one before, …"""
    emphasis: Emphasis = Emphasis.ORIGINAL
    edit_times: EditTimes = EditTimes.POINTED
    comma_backtrack: Annotated[int, Interval(ge=0, le=74)] = 20
    """A phrase that crosses the end of 75 tokens moves on whole if its comma is at most so many tokens back; 0 =
    never."""
    padding: PromptPadding = PromptPadding.NONE
    uses_networks: bool = True
    """False: LoRAs named in the prompt are left out (A1111's disable_extra_networks)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MaskSettings:
    __pydantic_config__: ClassVar = STRICT

    mode: MaskMode = MaskMode.MASKED
    grow_px: Annotated[int, Interval(ge=0, le=256)] = 0
    """What is repainted grows by so many pixels of the mask on every side before it is blurred, so that little of what was
    there shows through the soft edge: nothing from two and a half times the blur on."""
    blur_x_px: Annotated[float, Interval(ge=0, le=256)] = 4
    """Standard deviation of the Gaussian along x, in pixels of the mask."""
    blur_y_px: Annotated[float, Interval(ge=0, le=256)] = 4
    conditioning_strength: Strength = 1.0
    """How much of what the mask covers is hidden from an inpainting checkpoint, which sees the picture beside the
    latents: 1 = all of it, 0 = nothing. Without effect on other checkpoints."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SoftInpaintingSettings:
    """Soft inpainting blends as much of the result into the picture as the soft mask and the result's own difference
    from the picture say. Best with a wide mask blur and masked content *original*."""

    __pydantic_config__: ClassVar = STRICT

    enabled: bool = False
    schedule_bias: Annotated[float, Interval(ge=0, le=8)] = 1.0
    """Above 1 the original counts more in the early steps, below 1 less."""
    preservation_strength: Annotated[float, Interval(ge=0, le=8)] = 0.5
    """How much of the original stays where the mask is partly open."""
    transition_contrast: Annotated[float, Interval(ge=1, le=32)] = 4.0
    """How vivid blended latents stay; higher values sharpen the transition."""
    mask_influence: Strength = 0.0
    """How much the mask counts in the final blend, beside the difference."""
    difference_threshold: Annotated[float, Interval(ge=0, le=8)] = 0.5
    """A result that differs by so much is half opaque; lower values show more of it."""
    difference_contrast: Annotated[float, Interval(ge=0, le=8)] = 2.0
    """How sharply opacity rises around the threshold."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CanvasSettings:
    __pydantic_config__: ClassVar = STRICT

    content: MaskedContent = MaskedContent.ORIGINAL
    area: InpaintArea = InpaintArea.WHOLE_PICTURE
    padding_px: Annotated[int, Interval(ge=0, le=1024)] = 32
    """Context around the mask's bounding box, for only masked."""
    width: SidePx | None = None
    """Working width; None lets the plan take the model's native size."""
    height: SidePx | None = None
    resize_mode: ResizeMode = ResizeMode.JUST_RESIZE
    background: Annotated[str, Matches(r"#[0-9a-fA-F]{6}", "a colour as #rrggbb")] = "#ffffff"
    """What shows through transparent pixels of the input."""
    corrects_colours: bool = False
    """The result gets the colours of the picture the model was given, and keeps its own light (A1111's colour
    correction)."""
    keeps_original: bool = True
    """False: the result is all that the model made, of the working size, without the original around it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtraPictures:
    """What comes beside each result of an inpainting."""

    __pydantic_config__: ClassVar = STRICT

    mask: bool = False
    """The soft mask that the result was blended with."""
    cut_out: bool = False
    """What was generated, transparent outside the mask."""


SigmaLimit = Annotated[float, Interval(ge=0, le=1000)]


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduleSettings:
    """The shape of a schedule. Uniform, Simple, DDIM and Align Your Steps are fixed by the model or by a table."""

    __pydantic_config__: ClassVar = STRICT

    sigma_min: SigmaLimit = 0.0
    """0 = the model's."""
    sigma_max: SigmaLimit = 0.0
    """0 = the model's."""
    rho: Annotated[float, Interval(ge=0, le=30)] = 0.0
    """Exponent of Karras (0 = 7) and Polyexponential (0 = 1)."""
    beta_alpha: Annotated[float, Interval(ge=0.01, le=10)] = 0.6
    beta_beta: Annotated[float, Interval(ge=0.01, le=10)] = 0.6


@dataclass(frozen=True, slots=True, kw_only=True)
class UniPcSettings:
    __pydantic_config__: ClassVar = STRICT

    variant: UniPcVariant = UniPcVariant.BH1
    order: Annotated[int, Interval(ge=1, le=10)] = 3
    lowers_final_order: bool = True
    """Ends with steps of lower order, which few steps need."""
    spacing: UniPcSpacing = UniPcSpacing.TIME_UNIFORM


@dataclass(frozen=True, slots=True, kw_only=True)
class SamplingSettings:
    __pydantic_config__: ClassVar = STRICT

    denoising_strength: Strength = 0.75
    steps: Steps = 20
    sampler: Sampler = Sampler.DPMPP_2M
    scheduler: Scheduler = Scheduler.AUTOMATIC
    schedule: ScheduleSettings = field(default_factory=ScheduleSettings)
    cfg_scale: CfgScale = 7.0
    negative_min_sigma: SigmaLimit = 0.0
    """Below this sigma every second model call leaves the negative prompt out (A1111's NGMS); 0 = never."""
    negative_min_sigma_every_call: bool = False
    """Every call instead of every second."""
    negative_from: Strength = 0.0
    """Share of the model calls at the start that leave the negative prompt out (A1111's Skip Early CFG)."""
    eta: Annotated[float, Interval(ge=0, le=1)] | None = None
    """Amount of fresh noise: None = 1 for ancestral and SDE samplers, DPM fast and DPM adaptive; 0 for DDIM."""
    churn: Annotated[float, Interval(ge=0, le=100)] = 0.0
    """Stochasticity of Euler, Heun and DPM2 (Karras et al. 2022, S_churn)."""
    churn_sigma_min: SigmaLimit = 0.0
    churn_sigma_max: SigmaLimit = 0.0
    """0 = no upper bound."""
    noise_scale: Annotated[float, Interval(ge=0, le=2)] = 1.0
    """Factor on the noise that stochastic samplers add (S_noise)."""
    discards_penultimate_sigma: bool = False
    """One step more is planned and the last before 0 left out. DPM++ 3M SDE, DPM2 and DPM2 a always do so."""
    noise_levels: NoiseLevels = NoiseLevels.TRAINED
    rounds_alphas: bool = False
    """The noise levels are rounded to half precision, as A1111 did before 1.8."""
    resampling: Annotated[int, Interval(ge=0, le=10)] = 0
    """How often the first third of the steps is taken again, after noise has been added back: the model sees what it made
    of the mask together with what stays, and makes it fit (RePaint, Lugmayr et al. 2022). Without effect without a mask, on
    inpainting checkpoints, which see what stays, on Restart, DPM fast and DPM adaptive, and on walked timesteps."""
    rounds_timesteps: bool = False
    """The model is asked only at whole timesteps (A1111's quantization). Without effect on LCM and walked timesteps."""
    unipc: UniPcSettings = field(default_factory=UniPcSettings)
    tiles: bool = False
    """The picture's opposite edges fit together (A1111's tiling)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NoiseSettings:
    __pydantic_config__: ClassVar = STRICT

    seed: Seed | None = None
    """None draws one when the job starts; the record holds the number drawn."""
    subseed: Seed | None = None
    subseed_strength: Strength = 0.0
    seed_resize_from_width: Annotated[int, Interval(ge=0, le=8192)] = 0
    """0 = off. With both set, noise is drawn at that size and centred, so the composition stays."""
    seed_resize_from_height: Annotated[int, Interval(ge=0, le=8192)] = 0
    source: RngSource = RngSource.CPU
    multiplier: Annotated[float, Interval(ge=0, le=2)] = 1.0
    """Factor on the starting noise."""
    is_sgm_scaled: bool = False
    """Text-to-image starts from noise·sqrt(1 + sigma²) instead of noise·sigma (A1111's SGM noise multiplier)."""
    extra: Annotated[float, Interval(ge=0, le=2)] = 0.0
    """Starting noise added once more, times this, after scaling to sigma."""
    eta_seed_delta: Annotated[int, Interval(ge=0, le=MAX_SEED)] = 0
    """Added to the seed for all noise after the first (A1111's ENSD)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchSettings:
    __pydantic_config__: ClassVar = STRICT

    size: Annotated[int, Interval(ge=1, le=64)] = 1
    """Images denoised together."""
    count: Annotated[int, Interval(ge=1, le=1000)] = 1
    """Batches, one after the other."""

    @property
    def total(self) -> int:
        return self.size * self.count


ModelName = Annotated[str, MaxLen(1000)]
LARGEST_CONTROL_WEIGHT = 2.0
MOST_CONTROLS = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class ControlUnit:
    """A ControlNet, by which another picture steers the result (Zhang et al. 2023)."""

    __pydantic_config__: ClassVar = STRICT

    model: ModelName
    """Name of a ControlNet, or path of its file or folder."""
    picture: Sha256 | None = None
    """sha256 of the control picture, which lies beside the request; open: the input picture. It is cut and scaled as
    the input picture is."""
    preprocessor: ControlPreprocessor = ControlPreprocessor.NONE
    """What is made of the picture, at working size, before the ControlNet sees it."""
    weight: Annotated[float, Interval(ge=0, le=LARGEST_CONTROL_WEIGHT)] = 1.0
    """Factor on all that it adds to the model."""
    start: Strength = 0.0
    """Share of the steps before which it does nothing."""
    end: Strength = 1.0
    """Share of the steps after which it does nothing. A step counts if all of it lies between start and end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InpaintRequest:
    __pydantic_config__: ClassVar = STRICT

    model: ModelName = "storybook"
    """Name in the catalog, or path of a checkpoint file or folder."""
    prompt: PromptSettings = field(default_factory=PromptSettings)
    mask: MaskSettings = field(default_factory=MaskSettings)
    soft_inpainting: SoftInpaintingSettings = field(default_factory=SoftInpaintingSettings)
    canvas: CanvasSettings = field(default_factory=CanvasSettings)
    sampling: SamplingSettings = field(default_factory=SamplingSettings)
    noise: NoiseSettings = field(default_factory=NoiseSettings)
    batch: BatchSettings = field(default_factory=BatchSettings)
    controls: Annotated[tuple[ControlUnit, ...], MaxLen(MOST_CONTROLS)] = ()
    """ControlNets; what they add to the model is summed."""
    extras: ExtraPictures = field(default_factory=ExtraPictures)
    rules: Rules = field(default_factory=Profile.studio)
    unwritten_keys: tuple[Annotated[str, MaxLen(100)], ...] = ()
    """Keys that A1111's text in the result's file goes without, because A1111 writes none there: noise of its default
    source, say, or churn that came with a request. The recipe in the file has everything."""

    @property
    def latent_mask_rule(self) -> LatentMaskRule:
        """The rule that holds: soft inpainting has its own."""
        return LatentMaskRule.SOFT if self.soft_inpainting.enabled else self.rules.latent_mask

    @property
    def keeps_soft_alpha(self) -> bool:
        """Whether a mask file's transparency may be partial: where masks are rounded, it is too."""
        return self.latent_mask_rule is LatentMaskRule.SOFT

    def with_seeds_drawn(self, rng: random.Random) -> "InpaintRequest":
        """The same request with every open seed replaced by a number from `rng`; a subseed without effect becomes 0."""
        noise = self.noise
        drawn_subseed = rng.randrange(MAX_SEED) if noise.subseed_strength else 0
        return replace(
            self,
            noise=replace(
                noise,
                seed=rng.randrange(MAX_SEED) if noise.seed is None else noise.seed,
                subseed=drawn_subseed if noise.subseed is None else noise.subseed,
            ),
        )
