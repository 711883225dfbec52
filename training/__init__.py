"""Training of the builtin models: data, models and the steps that make them."""
