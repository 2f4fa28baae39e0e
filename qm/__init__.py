"""Quality Equation: the core. No web framework and no deep-learning library is imported below this package."""

__version__ = "0.2.0"
