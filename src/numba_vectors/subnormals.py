"""Subnormal numbers, taken as zero for a while."""

import platform

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic

from numba_vectors.vectors import INT32

IS_X86 = platform.machine().lower() in ("x86_64", "amd64")


def _x86_control_word(name):
    """An intrinsic that exchanges the floating-point control word of an x86 processor with a word in memory."""

    def call(builder, slot):
        pointer = builder.bitcast(slot, ir.IntType(8).as_pointer())
        function_type = ir.FunctionType(ir.VoidType(), [pointer.type])
        builder.call(cgutils.get_or_insert_function(builder.module, function_type, f"llvm.x86.sse.{name}"), [pointer])

    return call


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
        slot = cgutils.alloca_once_value(builder, INT32(0))
        if not IS_X86:
            return builder.load(slot)
        _read_control_word(builder, slot)
        before = builder.load(slot)
        builder.store(builder.or_(before, INT32(_FLUSH_TO_ZERO | _DENORMALS_ARE_ZERO)), slot)
        _write_control_word(builder, slot)
        return before

    return types.uint32(), codegen


@intrinsic
def restore_subnormals(typing_context, control_word):
    """Undoes `flush_subnormals`."""

    def codegen(context, builder, signature, arguments):
        if IS_X86:
            slot = cgutils.alloca_once_value(builder, arguments[0])
            _write_control_word(builder, slot)
        return context.get_dummy_value()

    return types.void(types.uint32), codegen
