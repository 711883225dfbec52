"""Solvers: plain functions over a denoiser that yield every step they take.

`sigmas` are falling floats, usually ending in 0. Stochastic solvers take `noise(sigma, sigma_next)`, unit normal,
of x's shape. Maths keeps the papers' letters; lambda = -log sigma, and h is a step in lambda.
"""
