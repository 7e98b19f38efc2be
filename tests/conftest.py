"""Settings of all tests."""

from hypothesis import settings

# No deadline: the first example of a test may compile a kernel. The same examples in every run: a red test stays red.
settings.register_profile("adaptive-sparsity", deadline=None, derandomize=True)
settings.load_profile("adaptive-sparsity")
