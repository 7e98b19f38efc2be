"""Blocks of 16 × 16 float32: row sums and transposition in registers."""

from llvmlite import ir
from numba import types
from numba.extending import intrinsic
from numba.np.arrayobj import make_array

from numba_vectors.vectors import FLOAT32_LANES as LANES
from numba_vectors.vectors import INT32, Vector, as_offset, load_vector, shuffle, store_vector

_ROW = Vector(types.float32, LANES)


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
            load_vector(context, builder, block, arguments[0], ir.Constant(ir.IntType(64), LANES * row), _ROW)
            for row in range(LANES)
        ]
        for low, high in levels:
            rows = [
                builder.fadd(shuffle(builder, left, right, low), shuffle(builder, left, right, high))
                for left, right in zip(rows[::2], rows[1::2], strict=True)
            ]
        return rows[0]

    return _ROW(block), codegen


@intrinsic
def copy_transposed(typing_context, source, starts, column, target, offset, stride):
    """target[offset + i × stride + j] = source[starts[j] + column + i] for i, j in 0..15: a block of 16 × 16,
    transposed in registers.

    `starts` is an array of 16 unsigned offsets: where the 16 rows begin.
    """

    def codegen(context, builder, signature, arguments):
        source_array, starts_array, _, target_array, _, _ = arguments
        column, offset, stride = (as_offset(context, builder, signature, arguments, place) for place in (2, 4, 5))
        first_start = make_array(starts)(context, builder, starts_array).data
        rows = []
        for j in range(LANES):
            start = builder.add(builder.load(builder.gep(first_start, [INT32(j)])), column)
            rows.append(load_vector(context, builder, source, source_array, start, _ROW))
        # Interleaving rows i and i + 8 four times transposes the block: each pass moves one bit of the row number
        # into the column number.
        low = [i for k in range(LANES // 2) for i in (k, LANES + k)]
        high = [LANES // 2 + i for i in low]
        for _ in range(4):
            rows = [shuffle(builder, rows[i], rows[i + 8], half) for i in range(8) for half in (low, high)]
        for i, row in enumerate(rows):
            place = builder.add(offset, builder.mul(stride, ir.Constant(stride.type, i)))
            store_vector(context, builder, target, target_array, place, row, _ROW)
        return context.get_dummy_value()

    return types.void(source, starts, column, target, offset, stride), codegen
