"""How a request wants its texts read."""

from dataclasses import dataclass

from underpaint.request import BreakRule, Emphasis, EmphasisMean, InpaintRequest, MovedEmbeddings


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """All that decides which vectors a text becomes, beside the text encoder."""

    clip_skip: int = 1
    emphasis: Emphasis = Emphasis.ORIGINAL
    emphasis_mean: EmphasisMean = EmphasisMean.EACH
    breaks: BreakRule = BreakRule.EVERYWHERE
    comma_backtrack: int = 20
    moved_embeddings: MovedEmbeddings = MovedEmbeddings.FOLLOW

    @classmethod
    def of(cls, request: InpaintRequest) -> "Reading":
        """The reading of a request's prompts."""
        prompt, rules = request.prompt, request.rules
        return cls(
            clip_skip=prompt.clip_skip,
            emphasis=prompt.emphasis,
            emphasis_mean=rules.emphasis_mean,
            breaks=rules.prompt_breaks,
            comma_backtrack=prompt.comma_backtrack,
            moved_embeddings=rules.moved_embeddings,
        )


PLAIN = Reading()
