"""Short vectors of float32 as values of compiled code: the processor's registers, with their width known when
compiling.

A row of the batch (the same unit in all samples) is loaded into one vector, stays in registers over all links of a
unit, and is stored once. The compiler splits a vector into as many registers as the machine needs (two AVX-512
registers for 32 samples, four AVX2, eight NEON), so the same source serves every machine, and no aliasing between
arrays can keep a loop from being vectorised.

The width of a vector is passed as a tuple, of which only the length counts (16 lanes an entry): Numba compiles a
function anew for each tuple length, and that is how a kernel knows the batch size when it is compiled. `width_of`
makes such a tuple.
"""

import platform

import numpy as np
from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.core.datamodel import models
from numba.extending import intrinsic, register_model
from numba.np.arrayobj import make_array

LANES = 16  # of one AVX-512 register; every array that the kernels walk is padded to a multiple of it

_FLOAT = ir.FloatType()
_INT32 = ir.IntType(32)


def width_of(samples: int) -> tuple[np.int8, ...]:
    """The width of vectors that hold at least `samples` lanes."""
    return (np.int8(0),) * -(-samples // LANES)


class Vector(types.Type):
    """Numba type of a vector of `lanes` float32 values."""

    def __init__(self, lanes: int):
        self.lanes = lanes
        super().__init__(name=f"Vector({lanes})")


@register_model(Vector)
class _VectorModel(models.PrimitiveModel):
    def __init__(self, manager, numba_type):
        super().__init__(manager, numba_type, ir.VectorType(_FLOAT, numba_type.lanes))


def _splat(builder, scalar, lanes):
    one = builder.insert_element(
        ir.Constant(ir.VectorType(_FLOAT, lanes), ir.Undefined), scalar, ir.Constant(_INT32, 0)
    )
    return _shuffle(builder, one, one, [0] * lanes)


def _shuffle(builder, left, right, indices):
    indices = list(indices)
    return builder.shuffle_vector(left, right, ir.Constant(ir.VectorType(_INT32, len(indices)), indices))


def _as_vector(builder, numba_type, value, lanes):
    return value if isinstance(numba_type, Vector) else _splat(builder, value, lanes)


def _pointer(context, builder, array_type, array, offset, lanes):
    data = make_array(array_type)(context, builder, array).data
    return builder.bitcast(builder.gep(data, [offset], inbounds=True), ir.VectorType(_FLOAT, lanes).as_pointer())


def _load(context, builder, array_type, array, offset, lanes):
    vector = builder.load(_pointer(context, builder, array_type, array, offset, lanes))
    vector.align = 4
    return vector


def _store(context, builder, array_type, array, offset, vector):
    builder.store(vector, _pointer(context, builder, array_type, array, offset, vector.type.count)).align = 4


def _multiply_add(builder, a, b, c):
    function = cgutils.get_or_insert_function(
        builder.module, ir.FunctionType(a.type, [a.type] * 3), f"llvm.fma.v{a.type.count}f32"
    )
    return builder.call(function, [a, b, c])


@intrinsic
def load(typing_context, array, offset, width):
    """The vector that starts at `array[offset]` (array contiguous float32, one-dimensional; not checked)."""
    lanes = LANES * width.count

    def codegen(context, builder, signature, arguments):
        offset = context.cast(builder, arguments[1], signature.args[1], types.uintp)
        return _load(context, builder, signature.args[0], arguments[0], offset, lanes)

    return Vector(lanes)(array, offset, width), codegen


@intrinsic
def store(typing_context, array, offset, vector):
    """Writes the vector to `array[offset:]` (array contiguous float32, one-dimensional; not checked)."""

    def codegen(context, builder, signature, arguments):
        offset = context.cast(builder, arguments[1], signature.args[1], types.uintp)
        _store(context, builder, signature.args[0], arguments[0], offset, arguments[2])
        return context.get_dummy_value()

    return types.void(array, offset, vector), codegen


@intrinsic
def splat(typing_context, scalar, width):
    """A vector whose lanes all hold the scalar."""
    lanes = LANES * width.count

    def codegen(context, builder, signature, arguments):
        return _splat(builder, context.cast(builder, arguments[0], signature.args[0], types.float32), lanes)

    return Vector(lanes)(scalar, width), codegen


@intrinsic
def multiply_add(typing_context, factor, vector, addend):
    """factor × vector + addend, rounded once; the factor is a float32 scalar or a vector."""

    def codegen(context, builder, signature, arguments):
        factor = _as_vector(builder, signature.args[0], arguments[0], vector.lanes)
        return _multiply_add(builder, factor, arguments[1], arguments[2])

    return addend(factor, vector, addend), codegen


@intrinsic
def multiply(typing_context, factor, vector):
    """factor × vector; the factor is a float32 scalar."""

    def codegen(context, builder, signature, arguments):
        return builder.fmul(_splat(builder, arguments[0], vector.lanes), arguments[1])

    return vector(factor, vector), codegen


@intrinsic
def add(typing_context, left, right):
    """left + right, both vectors."""

    def codegen(context, builder, signature, arguments):
        return builder.fadd(*arguments)

    return left(left, right), codegen


@intrinsic
def where_positive(typing_context, condition, vector):
    """The vector's lanes where the condition's lane is positive, else 0: ReLU of x is where_positive(x, x)."""

    def codegen(context, builder, signature, arguments):
        zero = ir.Constant(arguments[0].type, None)
        return builder.select(builder.fcmp_ordered(">", arguments[0], zero), arguments[1], zero)

    return vector(condition, vector), codegen


def _slices(builder, vector):
    return [
        _shuffle(builder, vector, vector, range(start, start + LANES)) for start in range(0, vector.type.count, LANES)
    ]


@intrinsic
def partial_sums(typing_context, vector):
    """16 partial sums of the vector's lanes."""

    def codegen(context, builder, signature, arguments):
        first, *others = _slices(builder, arguments[0])
        for other in others:
            first = builder.fadd(first, other)
        return first

    return Vector(LANES)(vector), codegen


@intrinsic
def partial_dot(typing_context, left, right):
    """16 partial sums of the products of the lanes of two vectors."""

    def codegen(context, builder, signature, arguments):
        pairs = list(zip(_slices(builder, arguments[0]), _slices(builder, arguments[1]), strict=True))
        total = builder.fmul(*pairs[0])
        for pair in pairs[1:]:
            total = _multiply_add(builder, *pair, total)
        return total

    return Vector(LANES)(left, right), codegen


def _merge(builder, left, right, low, high):
    return builder.fadd(_shuffle(builder, left, right, low), _shuffle(builder, left, right, high))


@intrinsic
def row_sums(typing_context, block):
    """The sums of the 16 rows of a block of 16 × 16 (float32, contiguous), one a lane.

    A tree of 15 additions for all rows together, in shuffles that stay within 128 bits as long as they can: about
    three instructions a row, where a horizontal sum of each row alone would take nine.
    """
    lanes = range(0, LANES, 4)
    singles = (
        [i for lane in lanes for i in (lane, LANES + lane, lane + 1, LANES + lane + 1)],
        [i for lane in lanes for i in (lane + 2, LANES + lane + 2, lane + 3, LANES + lane + 3)],
    )
    doubles = (
        [i for lane in lanes for i in (lane, lane + 1, LANES + lane, LANES + lane + 1)],
        [i for lane in lanes for i in (lane + 2, lane + 3, LANES + lane + 2, LANES + lane + 3)],
    )

    def quads(*numbers):
        return [4 * number + i for number in numbers for i in range(4)]

    levels = [singles, doubles, (quads(0, 1, 4, 5), quads(2, 3, 6, 7)), (quads(0, 2, 4, 6), quads(1, 3, 5, 7))]

    def codegen(context, builder, signature, arguments):
        rows = [
            _load(context, builder, signature.args[0], arguments[0], ir.Constant(ir.IntType(64), LANES * row), LANES)
            for row in range(LANES)
        ]
        for level in levels:
            rows = [_merge(builder, rows[i], rows[i + 1], *level) for i in range(0, len(rows), 2)]
        return rows[0]

    return Vector(LANES)(block), codegen


@intrinsic
def copy_transposed(typing_context, source, starts, column, target, offset, stride):
    """target[offset + i × stride + j] = source[starts[j] + column + i] for i, j in 0..15: a block of 16 × 16,
    transposed in registers.

    `starts` is an array of 16 unsigned offsets: where the 16 rows begin.
    """

    def codegen(context, builder, signature, arguments):
        source_type, starts_type, _, target_type, _, _ = signature.args
        source, starts, column, target, offset, stride = (
            value if isinstance(numba_type, types.Array) else context.cast(builder, value, numba_type, types.uintp)
            for numba_type, value in zip(signature.args, arguments, strict=True)
        )
        first_start = make_array(starts_type)(context, builder, starts).data
        rows = []
        for j in range(LANES):
            start = builder.load(builder.gep(first_start, [_INT32(j)]))
            rows.append(_load(context, builder, source_type, source, builder.add(start, column), LANES))
        # Interleaving rows i and i + 8 four times transposes the block: each pass moves one bit of the row number
        # into the column number.
        low = [i for k in range(LANES // 2) for i in (k, LANES + k)]
        high = [LANES // 2 + i for i in low]
        for _ in range(4):
            rows = [_shuffle(builder, rows[i], rows[i + 8], half) for i in range(8) for half in (low, high)]
        for i, row in enumerate(rows):
            _store(
                context,
                builder,
                target_type,
                target,
                builder.add(offset, builder.mul(stride, ir.Constant(stride.type, i))),
                row,
            )
        return context.get_dummy_value()

    return types.void(source, starts, column, target, offset, stride), codegen


def _x86_control_word(name):
    """An intrinsic that exchanges the floating-point control word of an x86 processor with a word in memory."""

    def call(builder, slot):
        pointer = builder.bitcast(slot, ir.IntType(8).as_pointer())
        function_type = ir.FunctionType(ir.VoidType(), [pointer.type])
        builder.call(cgutils.get_or_insert_function(builder.module, function_type, f"llvm.x86.sse.{name}"), [pointer])

    return call


_IS_X86 = platform.machine().lower() in ("x86_64", "amd64")
_read_control_word = _x86_control_word("stmxcsr")
_write_control_word = _x86_control_word("ldmxcsr")
_FLUSH_TO_ZERO = 0x8000
_DENORMALS_ARE_ZERO = 0x0040


@intrinsic
def flush_subnormals(typing_context):
    """Makes the processor take subnormal numbers as zero in this thread; returns the control word to give back to
    `restore_subnormals`.

    Momenta without gradient shrink until they are subnormal and stay so for ever; x86 processors then take a
    microcode path that is 50 times slower. Other processors handle subnormals at full speed: there it does nothing.
    """

    def codegen(context, builder, signature, arguments):
        slot = cgutils.alloca_once_value(builder, _INT32(0))
        if not _IS_X86:
            return builder.load(slot)
        _read_control_word(builder, slot)
        before = builder.load(slot)
        builder.store(builder.or_(before, _INT32(_FLUSH_TO_ZERO | _DENORMALS_ARE_ZERO)), slot)
        _write_control_word(builder, slot)
        return before

    return types.uint32(), codegen


@intrinsic
def restore_subnormals(typing_context, control_word):
    """Undoes `flush_subnormals`."""

    def codegen(context, builder, signature, arguments):
        if _IS_X86:
            slot = cgutils.alloca_once_value(builder, arguments[0])
            _write_control_word(builder, slot)
        return context.get_dummy_value()

    return types.void(types.uint32), codegen
