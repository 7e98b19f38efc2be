"""Eight float64 values as one value of compiled code: a register of the processor, or as many as it needs for eight.

Loops over arrays are only vectorised by a compiler that can prove that the arrays do not overlap; these functions leave
it no choice. They are compiled into `asonn.growth`, whose cache does not notice edits of this file.
"""

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.core.datamodel import models
from numba.extending import intrinsic, register_model
from numba.np.arrayobj import make_array

LANES = 8

# Coefficients closer than this share of the largest one (or of 1) count as equal, and the first direction is taken:
# rounding must not decide, or sums kept step by step would choose otherwise than sums taken anew.
TOLERANCE = 1e-9

_DOUBLE, _INT32 = ir.DoubleType(), ir.IntType(32)
_VECTOR = ir.VectorType(_DOUBLE, LANES)


class Lanes(types.Type):
    """Numba type of eight float64 values."""

    def __init__(self):
        super().__init__(name="Lanes")


lanes = Lanes()


@register_model(Lanes)
class _LanesModel(models.PrimitiveModel):
    def __init__(self, manager, numba_type):
        super().__init__(manager, numba_type, _VECTOR)


def _element(context, builder, signature, arguments):
    """A pointer to arguments[0][arguments[1]], an element of a contiguous array; not checked."""
    offset = context.cast(builder, arguments[1], signature.args[1], types.uintp)
    return builder.gep(make_array(signature.args[0])(context, builder, arguments[0]).data, [offset], inbounds=True)


def _shuffle(builder, vector, order):
    return builder.shuffle_vector(vector, vector, ir.Constant(ir.VectorType(_INT32, LANES), order))


def _greater(builder, left, right):
    return builder.select(builder.fcmp_ordered(">", left, right), left, right)


@intrinsic
def load(typing_context, array, offset):
    """The eight values that start at `array[offset]` (contiguous float64; not checked)."""

    def codegen(context, builder, signature, arguments):
        pointer = _element(context, builder, signature, arguments)
        vector = builder.load(builder.bitcast(pointer, _VECTOR.as_pointer()))
        vector.align = 8
        return vector

    return lanes(array, offset), codegen


@intrinsic
def store(typing_context, array, offset, vector):
    """Writes eight values to `array[offset:]` (contiguous float64; not checked)."""

    def codegen(context, builder, signature, arguments):
        pointer = _element(context, builder, signature, arguments)
        builder.store(arguments[2], builder.bitcast(pointer, _VECTOR.as_pointer())).align = 8
        return context.get_dummy_value()

    return types.void(array, offset, vector), codegen


@intrinsic
def prefetch(typing_context, array, offset):
    """Asks for the cache line of `array[offset]`, which may lie outside the array."""

    def codegen(context, builder, signature, arguments):
        byte = ir.IntType(8).as_pointer()
        function_type = ir.FunctionType(ir.VoidType(), [byte, _INT32, _INT32, _INT32])
        function = builder.module.declare_intrinsic("llvm.prefetch", [byte], function_type)
        pointer = builder.bitcast(_element(context, builder, signature, arguments), byte)
        builder.call(function, [pointer, _INT32(0), _INT32(3), _INT32(1)])
        return context.get_dummy_value()

    return types.void(array, offset), codegen


@intrinsic
def splat(typing_context, scalar):
    """Eight times the same value."""

    def codegen(context, builder, signature, arguments):
        value = context.cast(builder, arguments[0], signature.args[0], types.float64)
        single = builder.insert_element(ir.Constant(_VECTOR, ir.Undefined), value, _INT32(0))
        return _shuffle(builder, single, [0] * LANES)

    return lanes(scalar), codegen


@intrinsic
def put(typing_context, vector, lane, scalar):
    """The vector with another value in one lane."""

    def codegen(context, builder, signature, arguments):
        return builder.insert_element(arguments[0], arguments[2], builder.trunc(arguments[1], _INT32))

    return lanes(vector, lane, scalar), codegen


@intrinsic
def add(typing_context, left, right):
    """left + right."""

    def codegen(context, builder, signature, arguments):
        return builder.fadd(*arguments, flags=("contract",))

    return lanes(left, right), codegen


@intrinsic
def multiply(typing_context, left, right):
    """left × right."""

    def codegen(context, builder, signature, arguments):
        return builder.fmul(*arguments, flags=("contract",))

    return lanes(left, right), codegen


@intrinsic
def add_where_less(typing_context, total, left, right, addend):
    """total + addend where left < right (false for NaN), else total."""

    def codegen(context, builder, signature, arguments):
        total, left, right, addend = arguments
        return builder.select(
            builder.fcmp_ordered("<", left, right), builder.fadd(total, addend, flags=("contract",)), total
        )

    return lanes(total, left, right, addend), codegen


@intrinsic
def where_positive(typing_context, condition, vector, otherwise):
    """The vector's lanes where the condition's are positive, else the other's."""

    def codegen(context, builder, signature, arguments):
        condition, vector, otherwise = arguments
        positive = builder.fcmp_ordered(">", condition, ir.Constant(_VECTOR, None))
        return builder.select(positive, vector, otherwise)

    return lanes(condition, vector, otherwise), codegen


@intrinsic
def maximum(typing_context, left, right):
    """The larger of each two lanes; no NaN."""

    def codegen(context, builder, signature, arguments):
        return _greater(builder, *arguments)

    return lanes(left, right), codegen


@intrinsic
def largest(typing_context, vector):
    """Eight times the largest lane; no NaN."""

    def codegen(context, builder, signature, arguments):
        (vector,) = arguments
        for step in (4, 2, 1):
            vector = _greater(builder, vector, _shuffle(builder, vector, [lane ^ step for lane in range(LANES)]))
        return vector

    return lanes(vector), codegen


@intrinsic
def first(typing_context, vector):
    """The first lane."""

    def codegen(context, builder, signature, arguments):
        return builder.extract_element(arguments[0], _INT32(0))

    return types.float64(vector), codegen


@intrinsic
def less_tolerance(typing_context, vector):
    """vector - TOLERANCE × max(1, |vector|)."""

    def codegen(context, builder, signature, arguments):
        (vector,) = arguments
        one = ir.Constant(_VECTOR, [1.0] * LANES)
        size = builder.call(
            cgutils.get_or_insert_function(
                builder.module, ir.FunctionType(_VECTOR, [_VECTOR]), f"llvm.fabs.v{LANES}f64"
            ),
            [vector],
        )
        tolerance = builder.fmul(
            _greater(builder, size, one), ir.Constant(_VECTOR, [-TOLERANCE] * LANES), flags=("contract",)
        )
        return builder.fadd(vector, tolerance, flags=("contract",))

    return lanes(vector), codegen


@intrinsic
def first_reaching(typing_context, vector, bound):
    """The first lane of at least `bound` (all lanes the same), 8 if none is."""

    def codegen(context, builder, signature, arguments):
        reaching = builder.bitcast(builder.fcmp_ordered(">=", *arguments), ir.IntType(LANES))
        bits = builder.or_(builder.zext(reaching, _INT32), _INT32(1 << LANES))
        return builder.zext(builder.cttz(bits, ir.Constant(ir.IntType(1), 1)), ir.IntType(64))

    return types.uint64(vector, bound), codegen
