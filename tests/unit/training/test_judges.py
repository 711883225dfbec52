"""The released judges know what they judge: drawn scenes that no training showed them."""

from training.adopt import released_vae
from training.census import PairExam, load_census
from training.classifier import SceneExam, load_classifier
from training.judge import hits

BATCHES = 4


def test_the_classifier_names_what_is_in_close_scenes() -> None:
    right = hits(load_classifier(), SceneExam(4242, released_vae(), easy=1.0), BATCHES)
    assert right.float().mean(0).min() > 0.97


def test_the_census_counts_pairs_and_their_colours() -> None:
    right = hits(load_census(), PairExam(4343, pair_share=1.0), BATCHES)
    assert right.all(1).float().mean() > 0.9
