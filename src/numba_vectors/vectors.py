"""Short vectors of float32 or float64 as values of compiled code: the processor's registers, with their width known
when compiling.

The compiler splits a vector into as many registers as the machine needs (two AVX-512 registers for 32 float32, four
AVX2, eight NEON), so the same source serves every machine, and no aliasing between arrays can keep a loop from being
vectorised. A vector is as wide as one cache line, or as several: the number is then passed as a tuple, of which only
the length counts, because Numba compiles a function anew for each tuple length (`width_of` makes such a tuple). Arrays
are contiguous and one-dimensional, or pointers (`numba_vectors.pointers`); offsets are not checked.
"""

import numpy as np
from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.core.datamodel import models
from numba.extending import intrinsic, register_model
from numba.np.arrayobj import make_array

CACHE_LINE = 64  # bytes, and one AVX-512 register
FLOAT32_LANES, FLOAT64_LANES = CACHE_LINE // 4, CACHE_LINE // 8  # of one cache line

INT32 = ir.IntType(32)
_ELEMENTS = {types.float32: ir.FloatType(), types.float64: ir.DoubleType()}
_CONTRACT = ("contract",)  # a product and a sum that takes it may be rounded once


class Vector(types.Type):
    """Numba type of a vector: `lanes` values of the type `element`."""

    def __init__(self, element: types.Float, lanes: int):
        self.element, self.lanes = element, lanes
        super().__init__(name=f"Vector({element}, {lanes})")

    @classmethod
    def lines(cls, element: types.Float, width: types.UniTuple | None) -> "Vector":
        """A vector of as many cache lines as the tuple has entries; of one without it."""
        return cls(element, CACHE_LINE * 8 // element.bitwidth * (width.count if width else 1))

    @property
    def llvm(self) -> ir.VectorType:
        """The same type for the compiler."""
        return ir.VectorType(_ELEMENTS[self.element], self.lanes)


@register_model(Vector)
class _VectorModel(models.PrimitiveModel):
    def __init__(self, manager, numba_type):
        super().__init__(manager, numba_type, numba_type.llvm)


def width_of(samples: int) -> tuple[np.int8, ...]:
    """The width of float32 vectors that hold at least `samples` lanes."""
    return (np.int8(0),) * -(-samples // FLOAT32_LANES)


def aligned_zeros(count: int, dtype: type) -> np.ndarray:
    """(count,) zeros that begin at a cache line, so that no vector straddles two."""
    buffer = np.zeros(count + CACHE_LINE // np.dtype(dtype).itemsize, dtype)
    first = -buffer.ctypes.data % CACHE_LINE // buffer.itemsize
    return buffer[first : first + count]


def shuffle(builder, left, right, lanes):
    """The given lanes of two vectors; those of the right one come after those of the left one."""
    lanes = list(lanes)
    return builder.shuffle_vector(left, right, ir.Constant(ir.VectorType(INT32, len(lanes)), lanes))


def as_offset(context, builder, signature, arguments, position):
    """An argument as an offset, whatever integer it is."""
    return context.cast(builder, arguments[position], signature.args[position], types.uintp)


def element_pointer(context, builder, array_type, array, offset):
    """A pointer to `array[offset]`; the array may itself be a pointer."""
    first = make_array(array_type)(context, builder, array).data if isinstance(array_type, types.Array) else array
    return builder.gep(first, [offset], inbounds=True)


def load_vector(context, builder, array_type, array, offset, vector_type):
    """The vector that starts at `array[offset]`."""
    pointer = element_pointer(context, builder, array_type, array, offset)
    vector = builder.load(builder.bitcast(pointer, vector_type.llvm.as_pointer()))
    vector.align = vector_type.element.bitwidth // 8
    return vector


def store_vector(context, builder, array_type, array, offset, vector, vector_type):
    """Writes the vector to `array[offset:]`."""
    pointer = element_pointer(context, builder, array_type, array, offset)
    pointer = builder.bitcast(pointer, vector_type.llvm.as_pointer())
    builder.store(vector, pointer).align = vector_type.element.bitwidth // 8


def _of_all_lanes(builder, numba_type, value, lanes):
    """A scalar in all lanes; a vector as it is."""
    if isinstance(numba_type, Vector):
        return value
    undefined = ir.Constant(ir.VectorType(value.type, lanes), ir.Undefined)
    one = builder.insert_element(undefined, value, INT32(0))
    return shuffle(builder, one, one, [0] * lanes)


def _call(builder, name, vectors):
    """An intrinsic function of the compiler, from vectors of one type to such a vector."""
    vector_type = vectors[0].type
    bits = 32 if vector_type.element == ir.FloatType() else 64
    function_type = ir.FunctionType(vector_type, [vector_type] * len(vectors))
    full_name = f"llvm.{name}.v{vector_type.count}f{bits}"
    return builder.call(cgutils.get_or_insert_function(builder.module, function_type, full_name), vectors)


def _larger(builder, left, right):
    return builder.select(builder.fcmp_ordered(">", left, right), left, right)


@intrinsic
def load(typing_context, array, offset, width=None):
    """The vector that starts at `array[offset]`."""
    vector_type = Vector.lines(array.dtype, width)

    def codegen(context, builder, signature, arguments):
        offset = as_offset(context, builder, signature, arguments, 1)
        return load_vector(context, builder, signature.args[0], arguments[0], offset, vector_type)

    return vector_type(array, offset, width or types.none), codegen


@intrinsic
def store(typing_context, array, offset, vector):
    """Writes the vector to `array[offset:]`."""

    def codegen(context, builder, signature, arguments):
        offset = as_offset(context, builder, signature, arguments, 1)
        store_vector(context, builder, signature.args[0], arguments[0], offset, arguments[2], vector)
        return context.get_dummy_value()

    return types.void(array, offset, vector), codegen


@intrinsic
def prefetch(typing_context, array, offset):
    """Asks for the cache line of `array[offset]`, which may lie outside the array."""

    def codegen(context, builder, signature, arguments):
        byte = ir.IntType(8).as_pointer()
        function_type = ir.FunctionType(ir.VoidType(), [byte, INT32, INT32, INT32])
        function = builder.module.declare_intrinsic("llvm.prefetch", [byte], function_type)
        offset = as_offset(context, builder, signature, arguments, 1)
        pointer = element_pointer(context, builder, signature.args[0], arguments[0], offset)
        builder.call(function, [builder.bitcast(pointer, byte), INT32(0), INT32(3), INT32(1)])
        return context.get_dummy_value()

    return types.void(array, offset), codegen


@intrinsic
def splat(typing_context, scalar, width=None):
    """A vector whose lanes all hold the scalar, which is float32 or float64."""
    vector_type = Vector.lines(scalar, width)

    def codegen(context, builder, signature, arguments):
        return _of_all_lanes(builder, scalar, arguments[0], vector_type.lanes)

    return vector_type(scalar, width or types.none), codegen


@intrinsic
def put(typing_context, vector, lane, scalar):
    """The vector with another value in one lane."""

    def codegen(context, builder, signature, arguments):
        return builder.insert_element(arguments[0], arguments[2], builder.trunc(arguments[1], INT32))

    return vector(vector, lane, scalar), codegen


@intrinsic
def first(typing_context, vector):
    """The first lane."""

    def codegen(context, builder, signature, arguments):
        return builder.extract_element(arguments[0], INT32(0))

    return vector.element(vector), codegen


@intrinsic
def add(typing_context, left, right):
    """left + right, both vectors."""

    def codegen(context, builder, signature, arguments):
        return builder.fadd(*arguments, flags=_CONTRACT)

    return left(left, right), codegen


@intrinsic
def multiply(typing_context, factor, vector):
    """factor × vector; the factor is a scalar or a vector."""

    def codegen(context, builder, signature, arguments):
        factor = _of_all_lanes(builder, signature.args[0], arguments[0], vector.lanes)
        return builder.fmul(factor, arguments[1], flags=_CONTRACT)

    return vector(factor, vector), codegen


@intrinsic
def multiply_add(typing_context, factor, vector, addend):
    """factor × vector + addend, rounded once; the factor is a scalar or a vector."""

    def codegen(context, builder, signature, arguments):
        factor = _of_all_lanes(builder, signature.args[0], arguments[0], vector.lanes)
        return _call(builder, "fma", [factor, *arguments[1:]])

    return addend(factor, vector, addend), codegen


@intrinsic
def absolute(typing_context, vector):
    """|vector|."""

    def codegen(context, builder, signature, arguments):
        return _call(builder, "fabs", list(arguments))

    return vector(vector), codegen


@intrinsic
def maximum(typing_context, left, right):
    """The larger of each two lanes; no NaN."""

    def codegen(context, builder, signature, arguments):
        return _larger(builder, *arguments)

    return left(left, right), codegen


@intrinsic
def largest(typing_context, vector):
    """A vector whose lanes all hold the largest lane of this one; no NaN. The number of lanes is a power of two."""

    def codegen(context, builder, signature, arguments):
        (rest,) = arguments
        step = vector.lanes // 2
        while step:
            rest = _larger(builder, rest, shuffle(builder, rest, rest, [lane ^ step for lane in range(vector.lanes)]))
            step //= 2
        return rest

    return vector(vector), codegen


@intrinsic
def first_reaching(typing_context, vector, bound):
    """The number of the first lane of at least `bound` (another vector), the number of lanes if there is none."""

    def codegen(context, builder, signature, arguments):
        reaching = builder.bitcast(builder.fcmp_ordered(">=", *arguments), ir.IntType(vector.lanes))
        bits = builder.or_(builder.zext(reaching, INT32), INT32(1 << vector.lanes))
        return builder.zext(builder.cttz(bits, ir.Constant(ir.IntType(1), 1)), ir.IntType(64))

    return types.uint64(vector, bound), codegen


@intrinsic
def where_positive(typing_context, condition, vector, otherwise=None):
    """The vector's lanes where the condition's are positive, else the other's, or 0: ReLU of x is
    where_positive(x, x)."""

    def codegen(context, builder, signature, arguments):
        zero = ir.Constant(arguments[0].type, None)
        rest = arguments[2] if otherwise else zero
        return builder.select(builder.fcmp_ordered(">", arguments[0], zero), arguments[1], rest)

    return vector(condition, vector, otherwise or types.none), codegen


@intrinsic
def add_where_less(typing_context, total, left, right, addend):
    """total + addend where left < right (false for NaN), else total."""

    def codegen(context, builder, signature, arguments):
        total, left, right, addend = arguments
        return builder.select(
            builder.fcmp_ordered("<", left, right), builder.fadd(total, addend, flags=_CONTRACT), total
        )

    return total(total, left, right, addend), codegen


def _lines(builder, vector):
    """A float32 vector as vectors of one cache line."""
    return [
        shuffle(builder, vector, vector, range(start, start + FLOAT32_LANES))
        for start in range(0, vector.type.count, FLOAT32_LANES)
    ]


@intrinsic
def partial_sums(typing_context, vector):
    """16 partial sums of the lanes of a float32 vector."""

    def codegen(context, builder, signature, arguments):
        total, *others = _lines(builder, arguments[0])
        for other in others:
            total = builder.fadd(total, other)
        return total

    return Vector(types.float32, FLOAT32_LANES)(vector), codegen


@intrinsic
def partial_dot(typing_context, left, right):
    """16 partial sums of the products of the lanes of two float32 vectors."""

    def codegen(context, builder, signature, arguments):
        pairs = list(zip(_lines(builder, arguments[0]), _lines(builder, arguments[1]), strict=True))
        total = builder.fmul(*pairs[0])
        for pair in pairs[1:]:
            total = _call(builder, "fma", [*pair, total])
        return total

    return Vector(types.float32, FLOAT32_LANES)(left, right), codegen
