"""Checkpoints and the networks in them. The only home of diffusers and transformers, and of those `networks` alone
imports them, where a model is loaded: the import costs five seconds."""
