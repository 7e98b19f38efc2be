"""`cht`: Cannistraci-Hebb training (Zhang et al. 2024).

Links start where inputs correlate, and regrow with weight zero at the highest CH3-L3 scores.
"""

from sparse_training.methods.registry import METHODS, Method

METHODS.register("cht")(Method(initial_topology="correlation", regrowth="ch3l3", new_weights="zero"))
