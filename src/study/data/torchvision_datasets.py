"""torchvision's data sets, whichever build of torch stands beside them.

The wheel of torchvision that package indexes offer is made for a torch with CUDA. Beside a torch for the CPU alone its
compiled part is not loaded, and the import fails because two operators for object detection are missing. They are
declared here, without a body: data sets, transforms and models then import, and only detection does not work.
"""

import importlib
import sys
from types import ModuleType

MISSING_OPERATORS = (
    "nms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor",
    "qnms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor",
)
_declared = []  # operators exist for as long as the library object that declares them


def import_torchvision_datasets() -> ModuleType:
    """The module torchvision.datasets."""
    try:
        return importlib.import_module("torchvision.datasets")
    except RuntimeError as error:
        if "torchvision::" not in str(error):
            raise
    for name in [name for name in sys.modules if name.partition(".")[0] == "torchvision"]:
        del sys.modules[name]  # half loaded
    from torch.library import Library

    library = Library("torchvision", "FRAGMENT")
    for operator in MISSING_OPERATORS:
        library.define(operator)
    _declared.append(library)
    return importlib.import_module("torchvision.datasets")
