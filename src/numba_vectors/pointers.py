"""Arrays as bare pointers, which cost nothing to hand on.

Every array that one compiled function hands to another, or takes out of a tuple, is counted as a reference by an atomic
instruction; in a loop of few instructions that takes most of the time. A pointer is not counted: whoever makes it keeps
the array. It is read and written by index like an array, without any check; a negative index does not count from the
end.
"""

from numba import types
from numba.core import cgutils
from numba.extending import intrinsic
from numba.np.arrayobj import make_array


@intrinsic
def pointers(typing_context, arrays):
    """A named tuple with pointers to the first elements in place of its contiguous arrays; all else stays."""
    is_array = [isinstance(entry, types.Array) for entry in arrays]
    entries = [types.CPointer(entry.dtype) if array else entry for entry, array in zip(arrays, is_array, strict=True)]
    result = types.NamedTuple(entries, arrays.instance_class)

    def codegen(context, builder, signature, arguments):
        values = [
            make_array(entry)(context, builder, value).data if array else value
            for entry, value, array in zip(
                arrays, cgutils.unpack_tuple(builder, arguments[0], len(arrays)), is_array, strict=True
            )
        ]
        return context.make_tuple(builder, result, values)

    return result(arrays), codegen
