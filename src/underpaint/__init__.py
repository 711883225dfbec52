"""Underpaint: a Stable Diffusion inpainting studio.

What lies under the mask when denoising starts decides what comes out; this package makes it visible.
"""

__version__ = "0.1.0"
