"""How much of a stranger's file is looked at."""

from dataclasses import dataclass

MIB = 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Bounds on one file. A file beyond any of them is refused whole."""

    size: int = 256 * MIB  # bytes of a text file
    workbook_size: int = 64 * MIB  # bytes of XLSX, XLS: they are held in memory
    rows: int = 1_200_000
    columns: int = 500
    cell_length: int = 10_000  # characters
    cells: int = 5_000_000  # of a sheet's rectangle; an empty corner counts, because the reader fills it
    parts: int = 2_000  # files inside an XLSX
    inflated: int = 768 * MIB  # bytes of all parts together
    inflate_ratio: int = 250  # of all parts together; counts from 8 MiB on
    memory: int = 1_024 * MIB  # address space of the process that opens a file
    seconds: int = 120  # processor time of that process
    pixels: int = 80_000_000  # of a picture, counted before it is decoded
    pages: int = 1_000  # of a PDF that is shown
    stamp_seconds: int = 20  # processor time of stamping: somebody waits


STANDARD = Limits()
