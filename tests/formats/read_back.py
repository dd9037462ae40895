"""What Hounsfield writes, read by highdicom, pydicom, pynrrd and SimpleITK.

    python3 -m venv v && v/bin/pip install -r tests/formats/requirements.txt
    v/bin/python tests/formats/read_back.py target/release/hounsfield [../shared/data] [--kept FOLDER]

Series made here (axial either way, sagittal, coronal, oblique, decubitus, uneven pixels) and the real ones
that are there become masks of [300, 1300] HU by `hounsfield bones`, as DICOM SEG, `.seg.nrrd` and `.nii.gz`.
Each must have exactly the voxels that SimpleITK finds in the series itself, at the same places to 1e-4 mm, and
the SEG must name the slice that lies at each frame. A label map of lungs must be the same in all three formats.
FOLDER holds what `HOUNSFIELD_SEG_DIR=FOLDER cargo test -p hounsfield-formats --test seg_kept` kept: a segment
of each anatomy, whose codes must be those of pydicom's own dictionary of SNOMED. The exit status is 1 if
anything differs.
"""

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

import highdicom
import nrrd
import numpy as np
import pydicom
import SimpleITK as sitk
from pydicom.dataset import FileDataset, FileMetaDataset
from pydicom.sr.codedict import codes
from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian, generate_uid

CORNER_MM = 1e-4
# The grid is even, the positions of slices are rounded.
SLICE_MM = 0.01
RANGE_HU = (300, 1300)
PLAIN = "--method threshold --threshold 300 --keep parts --close 0 --min-part 0 --no-fill".split()
REAL = ["lidc-0001/dicom", "cip/ct-64Dicom", "totalseg-dicom"]

# Direction of rows, direction of columns, LPS; and the step from a slice to the next, along the normal.
TURNED = ((0.36, 0.48, -0.8), (-0.8, 0.6, 0.0))
MADE = {
    "axial": (((1, 0, 0), (0, 1, 0)), 2.5),
    "axial, from the head down": (((1, 0, 0), (0, 1, 0)), -2.5),
    "prone, feet first": (((1, 0, 0), (0, -1, 0)), 1.25),
    "decubitus": (((0, 1, 0), (-1, 0, 0)), 2.0),
    "sagittal": (((0, 1, 0), (0, 0, -1)), 3.0),
    "coronal, backwards": (((1, 0, 0), (0, 0, -1)), -3.0),
    "oblique": (TURNED, 1.7),
}
# What each anatomy must be called: the keyword in pydicom's dictionary, or the code where it has none.
ANATOMIES = {
    "Bone": (codes.SCT.Tissue, codes.SCT.Bone),
    "Lung": (codes.SCT.AnatomicalStructure, codes.SCT.Lung),
    "Left lung": (codes.SCT.AnatomicalStructure, "44029006"),
    "Right lung": (codes.SCT.AnatomicalStructure, "3341006"),
    "Heart": (codes.SCT.AnatomicalStructure, codes.SCT.Heart),
    "Airway": (codes.SCT.AnatomicalStructure, codes.SCT.AirwayStructure),
    "Segment": (codes.SCT.Tissue, codes.SCT.Tissue),
}


class Differs(Exception):
    """A sentence."""


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("command", help="the hounsfield to run")
    parser.add_argument("data", nargs="?", default="../shared/data")
    parser.add_argument("--kept", help="files kept by the test seg_kept")
    options = parser.parse_args()
    sitk.ProcessObject.SetGlobalWarningDisplay(False)
    checks = []
    with tempfile.TemporaryDirectory() as scratch:
        scratch = Path(scratch)
        for number, (name, (directions, step)) in enumerate(MADE.items()):
            folder = scratch / f"series{number}"
            make(folder, directions, step, number)
            checks.append((name, lambda folder=folder: masks(options.command, folder, scratch)))
        for name in REAL:
            folder = Path(options.data) / name
            if folder.is_dir():
                checks.append((name, lambda folder=folder: masks(options.command, folder, scratch)))
        lidc = Path(options.data) / "lidc-0001/dicom"
        if lidc.is_dir():
            checks.append(("lungs of lidc-0001", lambda: lungs(options.command, lidc, scratch)))
        if options.kept:
            checks.append(("one of each anatomy", lambda: anatomies(Path(options.kept))))
        failed = sum(not passes(name, check) for name, check in checks)
    sys.exit(failed > 0)


def passes(name, check):
    try:
        print(f"same     {name}: {check()}", flush=True)
        return True
    except Differs as difference:
        print(f"DIFFERS  {name}: {difference}", flush=True)
        return False


def make(folder, directions, step, seed):
    """A series of noise, whose files have names that say nothing."""
    folder.mkdir()
    random = np.random.default_rng(seed)
    rows, columns = 18, 23
    along, down = (np.array(direction, float) for direction in directions)
    normal = np.cross(along, down)
    study, series, frame = generate_uid(), generate_uid(), generate_uid()
    for k, name in enumerate(random.permutation(11)):
        meta = FileMetaDataset()
        meta.MediaStorageSOPClassUID = CTImageStorage
        meta.MediaStorageSOPInstanceUID = generate_uid()
        meta.TransferSyntaxUID = ExplicitVRLittleEndian
        path = folder / f"{name:02x}"
        slice_ = FileDataset(str(path), {}, file_meta=meta, preamble=b"\0" * 128)
        slice_.SOPClassUID, slice_.SOPInstanceUID = CTImageStorage, meta.MediaStorageSOPInstanceUID
        slice_.StudyInstanceUID, slice_.SeriesInstanceUID, slice_.FrameOfReferenceUID = study, series, frame
        slice_.PatientName, slice_.PatientID, slice_.PatientBirthDate, slice_.PatientSex = "No^Body", "7", "", ""
        slice_.StudyDate, slice_.StudyTime, slice_.StudyID, slice_.AccessionNumber = "20200102", "", "", ""
        slice_.ReferringPhysicianName, slice_.Manufacturer, slice_.PositionReferenceIndicator = "", "", ""
        slice_.Modality, slice_.ImageType = "CT", ["ORIGINAL", "PRIMARY", "AXIAL"]
        slice_.SeriesNumber, slice_.InstanceNumber = 1, int(name) + 1
        place = np.array([-10.5, 20.25, 3.125]) + k * step * normal
        slice_.ImagePositionPatient = [f"{value:.10g}" for value in place]
        slice_.ImageOrientationPatient = [*along, *down]
        slice_.PixelSpacing, slice_.SliceThickness = [0.8, 0.7], abs(step)
        slice_.SamplesPerPixel, slice_.PhotometricInterpretation = 1, "MONOCHROME2"
        slice_.Rows, slice_.Columns = rows, columns
        slice_.BitsAllocated, slice_.BitsStored, slice_.HighBit, slice_.PixelRepresentation = 16, 16, 15, 0
        slice_.RescaleIntercept, slice_.RescaleSlope, slice_.RescaleType = -1024, 1, "HU"
        slice_.PixelData = random.integers(0, 3000, (rows, columns), np.uint16).tobytes()
        slice_.save_as(path, enforce_file_format=True)


def run(command, *arguments):
    done = subprocess.run([command, "--quiet", *map(str, arguments)], capture_output=True, text=True, check=False)
    if done.returncode:
        raise Differs((done.stderr or done.stdout).strip())


def masks(command, folder, scratch):
    """A mask in three formats against the series itself."""
    scan = series(folder)
    expected = sitk.Cast(sitk.BinaryThreshold(scan, *RANGE_HU), sitk.sitkUInt8)
    seg_file, nrrd_file, nifti_file = (scratch / f"mask.{end}" for end in ("dcm", "seg.nrrd", "nii.gz"))
    for out in (seg_file, nrrd_file, nifti_file):
        run(command, "bones", folder, *PLAIN, "-o", out)
    same("NIfTI", sitk.ReadImage(str(nifti_file)), expected)
    found, header = by_pynrrd(nrrd_file)
    same("pynrrd", found, expected)
    wanted = {"Segment0_ID": "Segment_1", "Segment0_LabelValue": "1", "Segment0_Layer": "0"}
    for key, value in wanted.items():
        if header.get(key) != value:
            raise Differs(f"{key} is {header.get(key)!r}, not {value!r}")
    same("highdicom", by_highdicom(seg_file, expected), expected)
    frames = references(seg_file, folder)
    inside = int(sitk.GetArrayViewFromImage(expected).sum())
    return f"{' × '.join(map(str, scan.GetSize()))}, {inside} voxels, {frames} frames name their slices"


def lungs(command, folder, scratch):
    """A label map in three formats; nothing else to compare it with."""
    out = [scratch / f"lungs.{end}" for end in ("nii.gz", "seg.nrrd", "dcm")]
    for file in out:
        run(command, "lungs", folder, "--airways", "label", "-o", file)
    expected = sitk.ReadImage(str(out[0]))
    same("pynrrd", by_pynrrd(out[1])[0], expected)
    same("highdicom", by_highdicom(out[2], expected), expected)
    named(pydicom.dcmread(out[2]), ["Left lung", "Right lung", "Airway"])
    counts = np.bincount(sitk.GetArrayViewFromImage(expected).ravel())
    return f"labels of {', '.join(map(str, counts[1:]))} voxels"


def anatomies(folder):
    """Every code that there is, and the same places in both formats."""
    found, header = by_pynrrd(folder / "anatomies.seg.nrrd")
    same("highdicom", by_highdicom(folder / "anatomies.dcm", found), found)
    named(pydicom.dcmread(folder / "anatomies.dcm"), list(ANATOMIES))
    for number, name in enumerate(ANATOMIES):
        if header.get(f"Segment{number}_Name") != name:
            raise Differs(f"Segment{number}_Name is {header.get(f'Segment{number}_Name')!r}, not {name!r}")
        _, property_ = ANATOMIES[name]
        value = property_ if isinstance(property_, str) else property_.value
        # 3D Slicer has the side of a lung as a modifier.
        value = codes.SCT.Lung.value if name.endswith(" lung") else value
        if f"~SCT^{value}^" not in header[f"Segment{number}_Tags"]:
            raise Differs(f"Segment{number}_Tags has no {value}: {header[f'Segment{number}_Tags']}")
    return ", ".join(ANATOMIES)


def series(folder):
    names = sitk.ImageSeriesReader.GetGDCMSeriesFileNames(str(folder))
    reader = sitk.ImageSeriesReader()
    reader.SetFileNames(names)
    return reader.Execute()


def image(array, ijk_to_lps):
    """Of an array with axes i, j, k."""
    steps = np.linalg.norm(ijk_to_lps[:3, :3], axis=0)
    out = sitk.GetImageFromArray(np.ascontiguousarray(array.transpose(2, 1, 0)))
    out.SetSpacing(steps.tolist())
    out.SetDirection((ijk_to_lps[:3, :3] / steps).ravel().tolist())
    out.SetOrigin(ijk_to_lps[:3, 3].tolist())
    return out


def by_pynrrd(file):
    array, header = nrrd.read(str(file))
    if header["space"] != "left-posterior-superior":
        raise Differs(f"the space is {header['space']}")
    ijk_to_lps = np.eye(4)
    ijk_to_lps[:3, :3] = header["space directions"].T
    ijk_to_lps[:3, 3] = header["space origin"]
    return image(array.astype(np.uint8), ijk_to_lps), header


def by_highdicom(file, like):
    """Segments as labels, on the whole grid: frames without any voxel are not in the file."""
    seg = highdicom.seg.segread(str(file))
    volume = seg.get_volume(combine_segments=True, allow_missing_positions=True)
    found = sitk.DICOMOrient(image(volume.array.astype(np.uint8), volume.affine), "LPS")
    like = sitk.DICOMOrient(like, "LPS")
    first = np.array(like.TransformPhysicalPointToContinuousIndex(found.GetOrigin()))
    if np.abs(first - first.round()).max() > 1e-3:
        raise Differs(f"highdicom: the first voxel lies at index {first} of the series")
    whole = sitk.Image(like.GetSize(), sitk.sitkUInt8)
    # Its own spacing and directions, continued: what is off shows at the corners.
    whole.SetSpacing(found.GetSpacing())
    whole.SetDirection(found.GetDirection())
    whole.SetOrigin(found.TransformIndexToPhysicalPoint((-first.round()).astype(int).tolist()))
    return sitk.Paste(whole, found, found.GetSize(), destinationIndex=first.round().astype(int).tolist())


def same(reader, found, expected):
    found, expected = (sitk.DICOMOrient(one, "LPS") for one in (found, expected))
    if found.GetSize() != expected.GetSize():
        raise Differs(f"{reader}: size {found.GetSize()}, not {expected.GetSize()}")
    unlike = np.count_nonzero(sitk.GetArrayViewFromImage(found) != sitk.GetArrayViewFromImage(expected))
    if unlike:
        raise Differs(f"{reader}: {unlike} voxels are others")
    ends = [(0, n - 1) for n in expected.GetSize()]
    corners = [(x, y, z) for x in ends[0] for y in ends[1] for z in ends[2]]
    apart = max(
        float(np.linalg.norm(np.subtract(*(one.TransformIndexToPhysicalPoint(c) for one in (found, expected)))))
        for c in corners
    )
    if not apart <= CORNER_MM:
        raise Differs(f"{reader}: corners are {apart:.3g} mm apart")


def named(seg, names):
    if [item.SegmentLabel for item in seg.SegmentSequence] != names:
        raise Differs(f"segments are {[item.SegmentLabel for item in seg.SegmentSequence]}")
    for item in seg.SegmentSequence:
        pairs = zip(
            ANATOMIES[item.SegmentLabel],
            (item.SegmentedPropertyCategoryCodeSequence[0], item.SegmentedPropertyTypeCodeSequence[0]),
        )
        for wanted, code in pairs:
            found = (code.CodeValue, code.CodingSchemeDesignator)
            if found != ((wanted, "SCT") if isinstance(wanted, str) else (wanted.value, "SCT")):
                raise Differs(f"{item.SegmentLabel} is coded {found}")
            if not isinstance(wanted, str) and wanted.meaning != code.CodeMeaning:
                raise Differs(f"{item.SegmentLabel} is {code.CodeMeaning!r}, not {wanted.meaning!r}")


def references(file, folder):
    """How many frames name the slice at their place, which is all, where slices have names. Patient, study and
    frame of reference are the series'."""
    seg = pydicom.dcmread(file)
    headers = [
        pydicom.dcmread(path, stop_before_pixels=True)
        for path in folder.rglob("*")
        if path.is_file() and pydicom.misc.is_dicom(path)
    ]
    if not any(header.get("SeriesInstanceUID") for header in headers):
        if "ReferencedSeriesSequence" in seg:
            raise Differs("a series is referenced though the slices are of none")
        return "no"
    wanted = seg.ReferencedSeriesSequence[0]
    slices = {
        header.SOPInstanceUID: header
        for header in headers
        if header.get("SeriesInstanceUID") == wanted.SeriesInstanceUID
    }
    named_ = {item.ReferencedSOPInstanceUID for item in wanted.ReferencedInstanceSequence}
    if named_ != set(slices):
        raise Differs(f"{len(named_)} instances are referenced, {len(slices)} are there")
    first = next(iter(slices.values()))
    for word in ["PatientID", "PatientName", "StudyInstanceUID", "FrameOfReferenceUID", "StudyDate"]:
        if seg.get(word) != first.get(word):
            raise Differs(f"{word} is another")
    named(seg, ["Bone"])
    frames = seg.PerFrameFunctionalGroupsSequence
    for frame in frames:
        source = frame.DerivationImageSequence[0].SourceImageSequence[0]
        place = np.array(frame.PlanePositionSequence[0].ImagePositionPatient, float)
        there = np.array(slices[source.ReferencedSOPInstanceUID].ImagePositionPatient, float)
        if np.abs(place - there).max() > SLICE_MM:
            raise Differs(f"a frame at {place} names a slice at {there}")
    return len(frames)


if __name__ == "__main__":
    main()
