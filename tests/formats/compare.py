"""Every DICOM series, NRRD, MetaImage and picture of a folder, read by `hounsfield convert` and by SimpleITK.

    python3 -m venv v && v/bin/pip install -r tests/formats/requirements.txt
    v/bin/python tests/formats/compare.py target/release/hounsfield [../shared/data] [--only WORD] [--table OUT.md]

Both volumes are turned to LPS order and must have the same size, voxel for voxel the same values, and
corners within 1e-4 mm of each other. Tilted series keep their shear here (`--tilt keep`), as SimpleITK has
no word for it. Where the two differ and we know why, EXPLAINED says so; any other difference is printed with
its numbers, and the exit status is 1.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import SimpleITK as sitk

CORNER_MM = 1e-4

# (part of a case's name, part of what differs, why that is right). A line that explains nothing any more is
# reported, too.
COLOURS = "colours and palettes are no intensities: refused by name"
MOSAIC = "its tiles are the slices of a mosaic, which SimpleITK shows as one picture: refused by name"
TWINS = "one slice in many transfer syntaxes: SimpleITK stacks them at one place, we keep one and say so"
DIRECTIONS = "slices in several directions (localisers): SimpleITK stacks them as if they were parallel"
LOSSY = "compressed with loss: the decoders' inverse transforms round differently"
EXPLAINED = [
    ("", "its pixels are colours", COLOURS),
    ("", "its pixels are numbers of colours", COLOURS),
    ("", "it is a mosaic", MOSAIC),
    ("cornerstone-ts/CTImage.dcm", "size (512, 512, 1)", TWINS),
    ("dicomparser/CT1_UNC", "size (512, 512, 1)", TWINS),
    ("single-frame/CT1_UNC", "size (512, 512, 1)", TWINS),
    ("", "1 bit a pixel", "a segmentation, not a scan: refused by name"),
    ("98892001/CT2N", "SimpleITK (16, 2, 16)", DIRECTIONS),
    ("98892003/MR2/", "size (1, 16, 16)", DIRECTIONS),
    ("98892003/MR700", "SimpleITK (7, 16, 16)", DIRECTIONS),
    ("77654033/CT2", "SimpleITK (16, 16, 4)", "a gap of 202 mm among steps of 1.25 mm: SimpleITK takes one even step, we make two stacks"),
    ("77654033/CR", "256 of 256", "MONOCHROME1: SimpleITK turns values round, we keep what the rescale gives (as pydicom) and say so"),
    ("rtdose_expb.dcm", "of 1500 voxels, by up to 4.29", "32 bits in big endian: GDCM swaps their halves; ours are pydicom's"),
    ("rtdose", "corners are 810 mm apart", "a dose's GridFrameOffsetVector is not read: the distance is assumed, and said to be"),
    ("jpeg_baseline.51", "by up to 1;", LOSSY),
    ("pydicom-testfiles/JPEG-lossy", "by up to 1;", LOSSY),
    ("pydicom-testfiles/JPEG2000.dcm", "by up to 1;", LOSSY),
    ("pydicom-testfiles/JPGExtended", "by up to 1;", LOSSY),
]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("command", help="the hounsfield to run")
    parser.add_argument("data", nargs="?", default="../shared/data")
    parser.add_argument("--only", default="", help="cases with this word in their names")
    parser.add_argument("--table", help="write the table to this file, too")
    options = parser.parse_args()
    root = Path(options.data)
    sitk.ProcessObject.SetGlobalWarningDisplay(False)
    rows = []
    used = set()
    with tempfile.TemporaryDirectory() as scratch:
        for name, files, read in cases(root):
            if options.only not in name:
                continue
            outcome, detail = compare(options.command, files, read, Path(scratch) / "out.nii.gz")
            if outcome == "differs":
                for line in EXPLAINED:
                    if line[0] in name and line[1] in detail:
                        used.add(line)
                        outcome, detail = "explained", f"{line[2]} [{detail}]"
                        break
            rows.append((name, len(files), outcome, detail))
            print(f"{outcome:10} {name} ({len(files)}): {detail}", flush=True)
    report(rows, set(EXPLAINED) - used if not options.only else set(), options.table)
    sys.exit(any(outcome == "differs" for *_, outcome, _ in rows))


def cases(root):
    """(name, files, how SimpleITK reads them) for everything there."""
    for folder in sorted(p for p in [root, *root.rglob("*")] if p.is_dir()):
        files = sorted(p for p in folder.iterdir() if p.is_file())
        if not files:
            continue
        place = folder.relative_to(root)
        in_series = set()
        for names in series_in(folder):
            in_series.update(names)
            title = Path(names[0]).name + (" …" if len(names) > 1 else "")
            yield f"{place}/{title}", names, read_series
        for file in files:
            if str(file) not in in_series and kind(file):
                yield f"{place}/{file.name}", [str(file)], read_one


def series_in(folder):
    """GDCM's series, in its order; it gives up on folders with DICOM that it cannot parse."""
    try:
        uids = sitk.ImageSeriesReader.GetGDCMSeriesIDs(str(folder), False)
        found = [sitk.ImageSeriesReader.GetGDCMSeriesFileNames(str(folder), uid) for uid in uids]
    except RuntimeError:
        return []
    return [list(names) for names in found if names]


def kind(file):
    """Is it something the two can be asked about? By bytes: names mean nothing."""
    start = file.read_bytes()[:132]
    if start.startswith((b"NRRD", b"\x89PNG", b"II*\0", b"MM\0*", b"BM", b"\xff\xd8\xff")):
        return True
    return start[128:132] == b"DICM" or file.suffix.lower() in (".mha", ".mhd", ".dcm")


def read_series(files):
    if len(files) == 1:
        return read_one(files)
    reader = sitk.ImageSeriesReader()
    reader.SetFileNames(files)
    return reader.Execute()


def read_one(files):
    return sitk.ReadImage(files[0])


def compare(command, files, read, out):
    out.unlink(missing_ok=True)
    ran = subprocess.run(
        [command, "convert", "--quiet", "--tilt", "keep", *files, str(out)],
        capture_output=True,
        text=True,
        check=False,
    )
    ours_says = (ran.stderr or ran.stdout).strip().replace("\n", "; ").replace(f"{files[0]}: ", "")
    try:
        theirs = read(files)
    except RuntimeError as error:
        reason = [line for line in str(error).splitlines() if line.strip()][-1].strip()
        if ran.returncode:
            return "both refuse", f"{ours_says} / SimpleITK: {reason}"
        return "ours alone", f"SimpleITK: {reason}"
    if ran.returncode:
        return "differs", f"only SimpleITK opens it: {ours_says}"
    return same(sitk.ReadImage(str(out)), theirs)


def same(ours, theirs):
    if theirs.GetDimension() == 4:
        theirs = theirs[..., 0]
    if theirs.GetNumberOfComponentsPerPixel() > 1:
        colours = sitk.GetArrayViewFromImage(theirs)[..., :3]
        if (colours != colours[..., :1]).any():
            return "differs", f"SimpleITK reads {theirs.GetNumberOfComponentsPerPixel()} components"
        # Grey, said three times.
        theirs = sitk.VectorIndexSelectionCast(theirs, 0)
    if theirs.GetDimension() == 2:
        theirs = sitk.JoinSeries(theirs)
    ours, theirs = (sitk.DICOMOrient(image, "LPS") for image in (ours, theirs))
    if ours.GetSize() != theirs.GetSize():
        return "differs", f"size {ours.GetSize()}, SimpleITK {theirs.GetSize()}"
    a, b = (sitk.GetArrayViewFromImage(image).astype(np.float64) for image in (ours, theirs))
    unlike = int(np.count_nonzero(a.astype(np.float32) != b.astype(np.float32)))
    off_mm = corner_distance(ours, theirs)
    if unlike:
        largest = float(np.abs(a - b).max())
        return "differs", f"{unlike} of {a.size} voxels, by up to {largest:g}; corners {off_mm:.2g} mm"
    if not off_mm <= CORNER_MM:
        spacing = [f"{s:.5g}" for s in ours.GetSpacing()], [f"{s:.5g}" for s in theirs.GetSpacing()]
        return "differs", f"corners are {off_mm:.3g} mm apart; spacing {spacing[0]}, SimpleITK {spacing[1]}"
    return "same", f"{' × '.join(map(str, ours.GetSize()))}, corners {off_mm:.1g} mm"


def corner_distance(ours, theirs):
    nx, ny, nz = (n - 1 for n in ours.GetSize())
    corners = [(x, y, z) for x in (0, nx) for y in (0, ny) for z in (0, nz)]
    gaps = (
        np.subtract(ours.TransformIndexToPhysicalPoint(c), theirs.TransformIndexToPhysicalPoint(c))
        for c in corners
    )
    return max(float(np.linalg.norm(gap)) for gap in gaps)


def report(rows, unused, table):
    counts = {}
    for *_, outcome, _ in rows:
        counts[outcome] = counts.get(outcome, 0) + 1
    print(json.dumps(counts))
    for part, what, _ in sorted(unused):
        print(f"! explained, but no longer different: {part or 'anything'}, {what}")
    if table:
        lines = ["| what | files | outcome | |", "|---|---|---|---|"]
        lines += [f"| {name} | {n} | {outcome} | {detail.replace('|', '/')} |" for name, n, outcome, detail in rows]
        Path(table).write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
