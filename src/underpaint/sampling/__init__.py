"""Diffusion sampling: noise, schedules, solvers, guidance and mask blending. Knows tensors, no model."""
