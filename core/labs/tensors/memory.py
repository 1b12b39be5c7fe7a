"""Memory: which values share a storage, and in which of its cells each of their elements lies; read from torch and NumPy."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch
from torch import Tensor


@dataclass
class Storage:
    """A piece of memory; `read` gives what is in its cells now."""

    number: int
    start: int  # its address
    end: int
    itemsize: int
    read: Callable[[], Sequence[Any]]
    owners: list[Any] = field(default_factory=list)  # kept, so that no address is used twice
    used: set[int] = field(default_factory=set)  # the cells that belong to one of them; in others lies what was there before

    def cells(self) -> list[Any]:
        """What is in the cells that are used; "" in the others."""
        return [value if place in self.used else "" for place, value in enumerate(self.read())]


class Memory:
    """Every storage that a program has made so far."""

    def __init__(self) -> None:
        self._storages: list[Storage] = []

    def storage(self, value: Any) -> Storage | None:
        """The storage of a tensor or an array; None where it has no elements."""
        start, end = _extent(value)
        if start == end:
            return None
        found = next((one for one in self._storages if one.start < end and start < one.end), None)
        if found is None:
            found = Storage(len(self._storages), start, end, _itemsize(value), _reader(value))
            self._storages.append(found)
        if not any(one is value for one in found.owners):
            found.owners.append(value)
            found.used.update(self.places(value, found)[1])
        return found

    def places(self, value: Any, storage: Storage | None) -> tuple[int, list[int]]:
        """The offset of the first element in its storage, and the cell of each element, in row-major order."""
        if storage is None:
            return 0, []
        offset = (_address(value) - storage.start) // storage.itemsize
        places = np.array(offset)
        for size, stride in zip(value.shape, strides(value), strict=True):
            places = places[..., None] + np.arange(size) * stride
        return offset, places.ravel().tolist()


def strides(value: Any) -> list[int]:
    """In elements, as torch counts; NumPy counts bytes."""
    return list(value.stride()) if isinstance(value, Tensor) else [stride // value.itemsize for stride in value.strides]


def _address(value: Any) -> int:
    return int(value.data_ptr() if isinstance(value, Tensor) else value.__array_interface__["data"][0])


def _itemsize(value: Any) -> int:
    return int(value.element_size() if isinstance(value, Tensor) else value.itemsize)


def _extent(value: Any) -> tuple[int, int]:
    if isinstance(value, Tensor):
        storage = value.untyped_storage()
        return storage.data_ptr(), storage.data_ptr() + storage.nbytes()
    root = _root(value)
    return _address(root), _address(root) + root.nbytes


def _root(array: Any) -> Any:
    """The array that owns the memory of this one."""
    while isinstance(array.base, np.ndarray):
        array = array.base
    return array


def _reader(value: Any) -> Callable[[], Sequence[Any]]:
    if isinstance(value, Tensor):
        flat = torch.empty(0, dtype=value.dtype).set_(value.detach().untyped_storage())
        return lambda: list(flat.tolist())
    root = _root(value)
    return lambda: list(root.ravel(order="K").tolist())
