"""Training methods that have a name: each is a module of this package that registers one composition, a `Method`.

The name of a regrowth rule is that of a method too: the default composition with this rule, as the paper has it.
"""

from sparse_training.methods.registry import METHODS, Method, modules_of

__all__ = ["METHODS", "Method", "modules_of"]
