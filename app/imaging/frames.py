"""Finds the bytes of one frame: native (PS3.5 8.1) or encapsulated in fragments (PS3.5 A.4)."""

import struct
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from app.imaging import tags
from app.imaging.codestream import Codec, Codestream, recognise
from app.imaging.dicom_file import DicomFile
from app.imaging.elements import ITEM, UNDEFINED
from app.imaging.layout import PixelLayout, layout_of
from app.imaging.problems import Damaged

DEFLATED_FRAME = "1.2.840.10008.1.2.8.1"
RLE = "1.2.840.10008.1.2.5"
_JPEG = "1.2.840.10008.1.2.4."
_CODECS = {
    RLE: Codec.RLE,
    **{f"{_JPEG}{number}": Codec.JPEG for number in (50, 51, 52, 53, 54, 55, 56)},
    **{f"{_JPEG}{number}": Codec.JPEG_LOSSLESS for number in (57, 58, 65, 66, 70)},
    **{f"{_JPEG}{number}": Codec.JPEG_LS for number in (80, 81)},
    **{f"{_JPEG}{number}": Codec.JPEG_2000 for number in (90, 91, 92, 93)},
    **{f"{_JPEG}{number}": Codec.HTJ2K for number in (201, 202, 203)},
    **{f"{_JPEG}{number}": Codec.JPEG_XL for number in (110, 111, 112)},
}
_MAX_FRAGMENTS = 1_000_000
_MAX_FRAME_BYTES = 400 << 20
_LOOK = 1 << 16

_Fragment = tuple[int, int]  # first byte, length


@dataclass
class Frames:
    """The frames of one file."""

    file: DicomFile

    @cached_property
    def encapsulated(self) -> bool:
        """Tell whether the pixel data is in fragments; the bytes decide, not the transfer syntax."""
        pixels = self.file.pixels
        if pixels is None:
            # Behind a broken element the pixel data may be there, but nobody can tell where.
            raise Damaged("image_unreadable" if self.file.elements.damaged else "image_has_no_pixels")
        if pixels.length == UNDEFINED:
            if not self.file.says_encapsulated:
                self.file.note("coding_guessed")
            return True
        if pixels.length == 0:
            raise Damaged("image_has_no_pixels")
        if self.file.says_encapsulated:
            self.file.note("coding_guessed")
        return False

    @cached_property
    def _fragments(self) -> tuple[_Fragment, ...]:
        """The fragments, the offset table not counted. Ends where the file does."""
        source, pixels = self.file.source, self.file.pixels
        assert pixels is not None
        order = "<" if self.file.coding.little else ">"
        found: list[_Fragment] = []
        at = pixels.start
        while at + 8 <= source.size and len(found) <= _MAX_FRAGMENTS:
            group, number, length = struct.unpack(order + "HHI", source.read(at, 8))
            if group << 16 | number != ITEM:
                break
            if at + 8 + length > source.size:
                self.file.note("image_cut_short")
                length = source.size - at - 8
            found.append((at + 8, length))
            at += 8 + length
        return tuple(found[1:])

    @property
    def pieces(self) -> tuple[_Fragment, ...]:
        """Where the fragments lie in the file, first byte and length, the offset table not counted; empty without any."""
        return self._fragments if self.encapsulated else ()

    @cached_property
    def _offsets(self) -> tuple[int, ...]:
        """Where frames begin, counted from the first fragment; empty when no table says so credibly."""
        elements, pixels = self.file.elements, self.file.pixels
        assert pixels is not None
        extended = elements.raw(tags.EXTENDED_OFFSET_TABLE)
        if extended and len(extended) % 8 == 0:
            offsets = struct.unpack(f"<{len(extended) // 8}Q", extended)
        else:
            length = int.from_bytes(self.file.source.read(pixels.start + 4, 4), "little")
            table = self.file.source.read(pixels.start + 8, min(length, 4 * _MAX_FRAGMENTS))
            offsets = struct.unpack_from(f"<{len(table) // 4}I", table)
        if not self._fragments or not offsets:
            return ()
        first = self._fragments[0][0] - 8
        starts = {start - 8 - first for start, _length in self._fragments}
        rising = all(a < b for a, b in pairwise(offsets))
        return tuple(offsets) if rising and offsets[0] == 0 and starts.issuperset(offsets) else ()

    @cached_property
    def _grouped(self) -> tuple[tuple[_Fragment, ...], ...]:
        """The fragments of each frame."""
        fragments = self._fragments
        if not fragments:
            raise Damaged("image_has_no_pixels")
        declared = max(1, self.file.elements.integer(tags.NUMBER_OF_FRAMES, 1))
        if declared == 1:
            return (fragments,)
        if len(self._offsets) > 1 or (self._offsets and len(fragments) == 1):
            first = fragments[0][0] - 8
            groups: dict[int, list[_Fragment]] = {}
            frame = -1
            offsets = set(self._offsets)
            for fragment in fragments:
                frame += fragment[0] - 8 - first in offsets
                groups.setdefault(frame, []).append(fragment)
            return tuple(tuple(group) for group in groups.values())
        if len(fragments) <= declared:
            return tuple((fragment,) for fragment in fragments)
        return self._grouped_by_start(fragments)

    def _grouped_by_start(self, fragments: tuple[_Fragment, ...]) -> tuple[tuple[_Fragment, ...], ...]:
        """Group fragments by the start of a codestream: no offset table, several fragments a frame."""
        groups: list[list[_Fragment]] = []
        for fragment in fragments:
            head = self.file.source.read(fragment[0], 64)
            begins = head[:2] == b"\xff\xd8" or head[:4] == b"\xff\x4f\xff\x51" or recognise(head) is not None
            if begins or not groups:
                groups.append([])
            groups[-1].append(fragment)
        return tuple(tuple(group) for group in groups)

    @cached_property
    def codestream(self) -> Codestream | None:
        """What the first frame's codestream says of itself; None for native pixel data."""
        if not self.encapsulated:
            return None
        return self.codestream_of(self._joined(0, _LOOK))

    def codestream_of(self, data: bytes) -> Codestream:
        """Return what one frame's bytes say of themselves; raises Damaged when no codec knows them."""
        if self.file.transfer_syntax == DEFLATED_FRAME:
            return Codestream(Codec.DEFLATED_FRAME)
        found = recognise(data)
        if found is None and self.file.transfer_syntax == RLE:
            return Codestream(Codec.RLE)
        if found is None and self.file.says_uncompressed:
            return Codestream(Codec.PLAIN)
        if found is None:
            raise Damaged("image_unreadable")
        if found.codec is not _CODECS.get(self.file.transfer_syntax, found.codec):
            self.file.note("coding_guessed")
        return found

    @cached_property
    def layout(self) -> PixelLayout:
        """How the numbers are laid out; raises Damaged."""
        if self.file.is_video:
            raise Damaged("image_is_video")
        layout = layout_of(self.file, self.codestream)
        pixels = self.file.pixels
        whole = layout.frames * layout.frame_samples * layout.allocated // 8
        if layout.subsampled and not self.encapsulated and pixels is not None and pixels.length >= whole:
            # Enough numbers for every pixel's own chrominance: it was not subsampled after all.
            self.file.note("coding_guessed")
            layout = replace(layout, photometric=layout.photometric.removesuffix("_422"))
        return layout

    @cached_property
    def count(self) -> int:
        """How many frames can be shown: what the header says, but not more than there are."""
        said = self.layout.frames
        if self.encapsulated:
            there = len(self._grouped)
        else:
            pixels = self.file.pixels
            assert pixels is not None
            there = -(-min(pixels.length, self.file.source.size - pixels.start) * 8 // self.layout.frame_bits)
        if there < said:
            self.file.note("frames_missing")
        return max(1, min(said, there))

    def bytes_of(self, frame: int) -> bytes:
        """Return one frame's codestream; raises Damaged."""
        self._must_have(frame)
        return self._joined(frame, _MAX_FRAME_BYTES)

    def native_bytes_of(self, frame: int) -> NDArray[np.uint8]:
        """Return one frame's native bytes, with whole first and last byte; they are the caller's. Raises Damaged."""
        self._must_have(frame)
        bits = self.layout.frame_bits
        first, last = frame * bits // 8, -(-(frame + 1) * bits // 8)
        there = self._swapped(first, last) if self._bytes_in_big_words else self._plain(first, last)
        if not there.size:
            raise Damaged("image_has_no_pixels")
        if len(there) < last - first:
            self.file.note("image_cut_short")
            there = np.concatenate((there, np.zeros(last - first - len(there), np.uint8)))
        return there

    def _must_have(self, frame: int) -> None:
        if not 0 <= frame < self.count:
            raise Damaged("frame_missing")

    def _joined(self, frame: int, most: int) -> bytes:
        parts: list[bytes] = []
        for start, length in self._grouped[frame]:
            parts.append(self.file.source.read(start, min(length, most)))
            most -= len(parts[-1])
            if most <= 0:
                break
        return b"".join(parts)

    @cached_property
    def _bytes_in_big_words(self) -> bool:
        """Tell whether numbers of 8 bits or fewer lie in big-endian words of 16 (PS3.5 8.1.2)."""
        pixels = self.file.pixels
        small = self.layout.allocated <= 8  # noqa: PLR2004 - bits
        return small and not self.file.coding.little and pixels is not None and pixels.vr == "OW"

    def _plain(self, first: int, last: int) -> NDArray[np.uint8]:
        pixels = self.file.pixels
        assert pixels is not None
        return self.file.source.read_array(pixels.start + first, min(last, pixels.length) - first)

    def _swapped(self, first: int, last: int) -> NDArray[np.uint8]:
        even = first - first % 2
        words = self._plain(even, last + last % 2)
        words = np.concatenate((words, np.zeros(words.size % 2, np.uint8)))
        return words.view(np.uint16).byteswap().view(np.uint8)[first - even : last - even]
