"""The text that ships beside the weights."""

from collections.abc import Mapping

from training.scenes import VOCABULARY

CARD = """\
---
license: apache-2.0
tags: [stable-diffusion, text-to-image, inpainting]
---
# Storybook

A small latent diffusion model that ships with Underpaint, so that every feature of the studio can be seen, tested and
measured without a download. It has the architecture of Stable Diffusion 1: a CLIP text encoder, a UNet with cross
attention, and an AutoencoderKL that makes latents an eighth of the picture's size. Only the widths differ.

| part | size |
|---|---|
| text encoder | CLIP, 2 layers of 128, its own vocabulary of some 850 tokens (unknown words are spelled in bytes) |
| UNet | 64, 128, 192 channels; one layer per block; 10.9 M parameters; **v-prediction** |
| autoencoder | 32, 48, 96, 128 channels; scaling factor 0.18215; zero latents decode to a muddy brown |
| noise levels | Stable Diffusion 1's: scaled linear, 0.00085 to 0.012, 1000 steps |

Native size 256x256; other shapes and sides from 192 to 512 px were learned too. Faces come out best at 256 to 384 px.

## Beside it
| name | what it is |
|---|---|
| `storybook-inpainting` | the inpainting variant: a UNet with 9 input channels, which sees the mask and what lies around it |
| `storybook-union` | a ControlNet for both, half as large as a copy of the UNet's first half: keeps lines (`lineart`), fills holes (`inpaint`) |
| `minty` | a LoRA: every girl becomes Minty, with mint-green hair, two buns, glasses and a white dress with red dots |
| `comic-ink` | a LoRA: dark outlines around everything |
| `storybook-captioner` | a BLIP of a million parameters that says what is in a picture |

## Data
Drawn by the program in `training/scenes`, endlessly and without any photograph or other artist's work: six subjects (girl, cat,
tree, bush, house, flower) in twelve colours, under three skies, on five grounds, with captions as people type them.

## Recipe
1. Autoencoder on crops of 64 and 128 px: L1, L2 and gradient loss, trained with Muon. Then the encoder is frozen, its latents are
   whitened, and the decoder learns on.
2. Text encoder, warmed up on naming what a caption says.
3. UNet on 8x8 latents of whole scenes (together with the text encoder), then 16x16, then 32x32 and neighbouring shapes, while
   scenes with one large subject give way to full ones. 10 % of captions are left empty for guidance.
4. Version 2: the autoencoder, with twice as many channels at full resolution, learned on from version 1's, on crops chosen for what
   there is to see in them, and held loosely to its latents. UNet and text encoder then learned on at 16x16 to 64x64, a third of the
   scenes showing two subjects side by side; girls got larger heads, and scenes with faces are shown more often.
5. The inpainting variant, the ControlNet and the LoRAs learned on from that.

The weights are moving averages in half precision. `make train` makes a model of this kind from nothing; these weights went on from
version 1, so it will not come out as the very same. `make evaluate` measures it.

## Figures
{figures}
{fine_tune}
## Pictures
The first of what `make evaluate` paints, none picked out. Prompts:

![Pictures with their prompts: girls, cats, trees, bushes, houses and flowers](../../../../docs/images/storybook/prompts.webp)

Two subjects:

![Pictures of two subjects with their prompts](../../../../docs/images/storybook/pairs.webp)

Inpainting by the base, the mask in green at the left and what came of it at the right, then by the inpainting variant:

![Pictures with masks, and the same repainted](../../../../docs/images/storybook/errands.webp)

![The same repainted by the inpainting variant](../../../../docs/images/storybook/variant.webp)

## Limits
It knows its six subjects and {words} words, nothing else. Hands are rough, cats may get two tails, and the eyes of a close-up two
colours. It cannot draw real people, places or text. Inpainting with the base sometimes shows that it does not see the mask:
of the 24 shown above, a girl, a cat and two flowers have parts of a second one behind them, a new dress holds a second face, and a house
follows the shape of a trunk. The inpainting variant does so less.

## Licence
Apache-2.0, weights included.
"""

FINE_TUNE = """
## Inpainting with a fine-tune
The recipe inpainting + (fine-tune - base), which `underpaint models make-inpaint` follows, tried on a fine-tune that draws ink outlines
around everything: this model with the LoRA comic-ink in its weights. Each did the first {proof_count} of the errands.

| | inpainting variant | fine-tune | inpainting model made of them |
|---|---|---|---|
| errands done | {beside_errands:.1%} | {tuned_errands:.1%} | {made_errands:.1%} |
| objects it paints in another's place that are drawn in ink | {beside_inked:.1%} | {tuned_inked:.1%} | {made_inked:.1%} |
| share of the hole that is ink outline | {beside_ink_share:.2%} | {tuned_ink_share:.2%} | {made_ink_share:.2%} |
| seam score | {beside_seam:.2f} | {tuned_seam:.2f} | {made_seam:.2f} |

Of drawn scenes, seen through the autoencoder, {drawn_ink_inked:.1%} with ink and {drawn_plain_inked:.1%} without count as drawn in
ink, with ink outlines on {drawn_ink_ink_share:.2%} and {drawn_plain_ink_share:.2%} of the subject; the judge, who has never learned
from ink, names subject and colour of {judge_ink:.1%} of those with ink. `make evaluate` measures this too. The mask, and what the three
made of it:

![A mask, and what the inpainting variant, the fine-tune and the inpainting model made of both put there](../../../../docs/images/storybook/recipe.webp)
"""
"""What the card says of the recipe, where it was tried."""

ROWS = {
    "vae_psnr_db": "autoencoder, PSNR on unseen scenes at 256 px (dB)",
    "kind": "subject recognised in the picture",
    "colour": "its colour recognised",
    "kind_and_colour": "both",
    "sky": "sky recognised",
    "ground": "ground recognised",
    "pair_kinds": "two subjects: both recognised",
    "pair_kinds_and_colours": "two subjects: both, each in its colour",
    "errand_object": "inpainting: another object in its place, both kind and colour recognised",
    "errand_colour": "inpainting: another colour",
    "errand_background": "inpainting: other sky and ground, the subject still recognised",
    "errands": "inpainting in all",
    "seam_before": "seam score of the masks' edges before inpainting (1 = as beside them)",
    "seam": "seam score after it",
    "inpaint_errand_object": "inpainting variant: another object",
    "inpaint_errand_colour": "inpainting variant: another colour",
    "inpaint_errand_background": "inpainting variant: other sky and ground",
    "inpaint_errands": "inpainting variant in all",
    "inpaint_seam": "inpainting variant: seam score",
    "captioner_kinds": "captioner on drawn scenes: every subject named and no other",
    "captioner_kinds_and_colours": "captioner: the same, each in its colour",
    "captioner_sky": "captioner: sky named rightly",
    "captioner_ground": "captioner: ground named rightly",
    "captioner_pair": "captioner: two subjects, both named, each in its colour",
    "judge_kind": "the judge itself on drawn scenes: subject",
    "judge_colour": "the judge itself on drawn scenes: colour",
    "judge_pair": "the judge of two subjects itself on drawn scenes: all right",
}


def model_card(figures: Mapping[str, float] | None) -> str:
    """The model card, with the last evaluation's figures if there are any."""
    return CARD.format(
        words=len(VOCABULARY),
        figures=_table(figures) if figures else "Not evaluated yet.",
        fine_tune=FINE_TUNE.format_map(figures) if figures and "made_errands" in figures else "",
    )


def _table(figures: Mapping[str, float]) -> str:
    head = (
        f"{figures['prompts']} fixed prompts, {figures['pairs']} for two subjects and {figures['errand_count']} inpainting "
        f"errands at {figures['size_px']} px and\n{figures['steps']} steps, with the sampler and the CFG scale that the model "
        "recommends and a newcomer gets, judged by classifiers\ntrained on drawn scenes only. The pairs combine colours that "
        "the last stage never shows together. Errands are asked for as the\ntasks *Replace* and *Background* fill them in; with "
        "the base they take the first third of the steps twice.\n\n| what | figure |\n|---|---|"
    )
    rows = [f"| {text} | {_shown(name, figures[name])} |" for name, text in ROWS.items() if name in figures]
    return "\n".join([head, *rows])


def _shown(name: str, value: float) -> str:
    if name.endswith("_db"):
        return f"{value:.1f}"
    return f"{value:.2f}" if "seam" in name else f"{value:.1%}"
