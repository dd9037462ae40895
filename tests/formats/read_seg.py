#!/usr/bin/env python3
"""Reads a DICOM SEG with highdicom, pydicom and SimpleITK, and prints what they see.

    python3 -m venv v && v/bin/pip install highdicom pydicom SimpleITK
    v/bin/python tests/formats/read_seg.py mask.dcm [FOLDER_OF_THE_SERIES [MIN_HU]]

Prints the segments, the geometry, and a hash of the voxels. With the series' folder the references are
looked up and the frames' places compared with the slices'; with MIN_HU, the frames must be what is
denser than that in the slices they name. Used by hand: highdicom is no dependency of the project.
"""
import hashlib
import pathlib
import sys

import highdicom
import numpy as np
import pydicom
import SimpleITK


def hu_of(dataset):
    slope = float(getattr(dataset, "RescaleSlope", 1))
    return dataset.pixel_array * slope + float(getattr(dataset, "RescaleIntercept", 0))


def main(path, folder=None, least=None):
    plain = pydicom.dcmread(path)
    seg = highdicom.seg.segread(path)
    for number in seg.segment_numbers:
        item = seg.get_segment_description(number)
        print("segment", number, item.segment_label, "|", item.segmented_property_category, "|", item.segmented_property_type)
    print("described ", plain.SeriesDescription, "|", plain.ContentDescription, "|", plain.ContentDate, plain.ContentTime)
    print("frames    ", plain.NumberOfFrames, "of", plain.Rows, "×", plain.Columns)
    image = SimpleITK.ReadImage(str(path))
    print("SimpleITK ", image.GetSize(), image.GetSpacing(), image.GetOrigin())
    frames = plain.pixel_array.reshape(-1, plain.Rows, plain.Columns)
    print("voxels    ", int(frames.sum()), hashlib.sha256(np.packbits(frames).tobytes()).hexdigest()[:16])
    try:
        volume = seg.get_volume(combine_segments=False)
        print("get_volume", volume.shape, volume.spacing, int(volume.array.sum()))
        print(volume.affine)
    except Exception as error:  # highdicom wants an even, upright stack
        print("get_volume refused:", error)
    if folder is None:
        return
    series = plain.ReferencedSeriesSequence[0].SeriesInstanceUID
    slices = {}
    for file in sorted(pathlib.Path(folder).rglob("*")):
        if not file.is_file():
            continue
        try:
            dataset = pydicom.dcmread(file)
        except Exception:
            continue
        if dataset.get("SeriesInstanceUID") == series:
            slices[dataset.SOPInstanceUID] = dataset
    named = [item.ReferencedSOPInstanceUID for item in plain.ReferencedSeriesSequence[0].ReferencedInstanceSequence]
    print("references", len(named), "instances,", len(set(named) & set(slices)), "of them in the folder")
    first = next(iter(slices.values()))
    for word in ["PatientID", "PatientName", "StudyInstanceUID", "FrameOfReferenceUID", "StudyDate"]:
        assert plain.get(word) == first.get(word) or not first.get(word), word
    furthest, wrong, compared = 0.0, 0, 0
    for groups, frame in zip(plain.PerFrameFunctionalGroupsSequence, frames):
        if "DerivationImageSequence" not in groups:
            continue
        for source in groups.DerivationImageSequence[0].SourceImageSequence:
            dataset = slices[source.ReferencedSOPInstanceUID]
            place = groups.PlanePositionSequence[0].ImagePositionPatient
            if "ImagePositionPatient" in dataset:
                furthest = max(furthest, np.abs(np.subtract(place, dataset.ImagePositionPatient)).max())
            if least is not None and source.SpatialLocationsPreserved == "YES":
                number = int(source.get("ReferencedFrameNumber", 1)) - 1
                hu = hu_of(dataset).reshape(-1, plain.Rows, plain.Columns)[number]
                wrong += int(((hu > float(least)) != (frame > 0)).sum())
                compared += frame.size
    shared = plain.SharedFunctionalGroupsSequence[0]
    if "ImageOrientationPatient" in first:
        turned = np.subtract(shared.PlaneOrientationSequence[0].ImageOrientationPatient, first.ImageOrientationPatient)
        print("orientation off by", np.abs(turned).max())
        spaced = np.subtract(shared.PixelMeasuresSequence[0].PixelSpacing, first.PixelSpacing)
        print("spacing off by    ", np.abs(spaced).max(), "mm")
    print("places off by     ", furthest, "mm")
    if least is not None:
        print("voxels that differ", wrong, "of", compared)


if __name__ == "__main__":
    main(*sys.argv[1:])
