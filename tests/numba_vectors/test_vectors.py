"""Vectors against NumPy."""

from typing import NamedTuple

import numba
import numpy as np
import pytest

from numba_vectors import subnormals
from numba_vectors.blocks import row_sums
from numba_vectors.pointers import pointers
from numba_vectors.subnormals import flush_subnormals, restore_subnormals
from numba_vectors.vectors import (
    absolute,
    add_where_less,
    aligned_zeros,
    first,
    first_reaching,
    largest,
    load,
    maximum,
    put,
    splat,
    store,
    where_positive,
    width_of,
)


def test_row_sums_adds_each_of_16_rows():
    @numba.njit
    def sums(block, result):
        store(result, 0, row_sums(block))

    block = np.random.default_rng(0).integers(-1000, 1000, 256).astype(np.float32)  # exact in float32
    result = np.zeros(16, np.float32)
    sums(block, result)
    np.testing.assert_array_equal(result, block.reshape(16, 16).sum(axis=1))


@pytest.mark.skipif(not subnormals.IS_X86, reason="only x86 processors are slow with subnormals")
def test_subnormals_are_flushed_only_between_the_two_calls():
    @numba.njit
    def products(values, result):
        control_word = flush_subnormals()
        result[0] = values[0] * values[1]
        restore_subnormals(control_word)
        return values[0]

    values, result = np.array([1e-30, 1e-10], np.float32), np.ones(1, np.float32)
    products(values, result)
    assert result[0] == 0
    assert values[0] * values[1] > 0


def test_a_vector_is_loaded_and_stored_at_any_offset():
    @numba.njit
    def copy(source, target, width):
        store(target, 3, load(source, 5, width))

    source, target = np.arange(64, dtype=np.float32), np.zeros(64, np.float32)
    copy(source, target, width_of(32))
    np.testing.assert_array_equal(target[3:35], source[5:37])
    assert not target[:3].any()
    assert not target[35:].any()


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_operations_on_lanes_are_those_of_numpy(dtype):
    @numba.njit
    def operate(left, right, results):
        a, b = load(left, 0), load(right, 0)
        store(results[0], 0, maximum(absolute(a), b))
        store(results[1], 0, largest(b))
        store(results[2], 0, where_positive(a, b))
        store(results[3], 0, where_positive(a, b, splat(left.dtype.type(7))))
        store(results[4], 0, add_where_less(a, a, b, b))
        store(results[5], 0, put(a, 5, right[0]))
        return first(b)

    n = 64 // np.dtype(dtype).itemsize
    left, right = np.random.default_rng(0).normal(size=(2, n)).astype(dtype)
    results = np.zeros((6, n), dtype)
    assert operate(left, right, results) == right[0]
    replaced = left.copy()
    replaced[5] = right[0]
    expected = [
        np.maximum(abs(left), right),
        np.full(n, right.max()),
        np.where(left > 0, right, 0),
        np.where(left > 0, right, 7),
        np.where(left < right, left + right, left),
        replaced,
    ]
    np.testing.assert_array_equal(results, expected)


@pytest.mark.parametrize(("bound", "lane"), [(0.5, 1), (2.0, 3), (9.0, 8)])
def test_the_first_lane_that_reaches_a_bound_is_found(bound, lane):
    @numba.njit
    def find(values, bound):
        return first_reaching(load(values, 0), splat(bound))

    assert find(np.array([0.0, 0.5, 1.0, 2.0, 8.0, 0.0, 1.0, 0.0]), bound) == lane


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_zeros_begin_at_a_cache_line(dtype):
    zeros = aligned_zeros(37, dtype)
    assert zeros.ctypes.data % 64 == 0
    assert zeros.dtype == dtype
    assert zeros.shape == (37,)
    assert not zeros.any()


class Arrays(NamedTuple):
    values: np.ndarray
    numbers: np.ndarray
    count: int


def test_pointers_read_and_write_the_arrays_that_they_are_taken_of():
    @numba.njit
    def add_counts(arrays):
        bare = pointers(arrays)
        for k in range(bare.count):
            bare.values[k] += bare.numbers[k]
        return first(load(bare.values, 1))

    values, numbers = np.arange(9.0), np.arange(9, dtype=np.int32)
    assert add_counts(Arrays(values, numbers, 3)) == 2.0
    np.testing.assert_array_equal(values, [0, 2, 4, 3, 4, 5, 6, 7, 8])
