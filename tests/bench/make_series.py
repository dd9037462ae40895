"""A DICOM series as JPEG 2000 lossless (1.2.840.10008.1.2.4.90) and as JPEG lossless (…4.70): `make_series.py SERIES OUT`.

pylibjpeg-openjpeg and imagecodecs compress, pydicom wraps; what SimpleITK reads back from both must be the
original's voxels.
"""

import sys
from pathlib import Path

import imagecodecs
import numpy as np
import pydicom
import SimpleITK as sitk
from pydicom.encaps import encapsulate
from pydicom.uid import JPEG2000Lossless, JPEGLosslessSV1


def as_jpeg2000(dataset):
    dataset.compress(JPEG2000Lossless, encoding_plugin="pylibjpeg")


def as_jpeg_lossless(dataset):
    # Bits as they are: JPEG knows no sign.
    stored = np.frombuffer(dataset.PixelData, "<u2").reshape(dataset.Rows, dataset.Columns)
    frame = imagecodecs.ljpeg_encode(stored, bitspersample=16)
    dataset.PixelData = encapsulate([frame])
    dataset["PixelData"].is_undefined_length = True
    dataset["PixelData"].VR = "OB"
    dataset.file_meta.TransferSyntaxUID = JPEGLosslessSV1


KINDS = {"jpeg2000": as_jpeg2000, "jpeg-lossless": as_jpeg_lossless}


def main():
    series, out = Path(sys.argv[1]), Path(sys.argv[2])
    original = voxels(series)
    for kind, compress in KINDS.items():
        folder = out / kind
        folder.mkdir(parents=True, exist_ok=True)
        for path in sorted(series.iterdir()):
            dataset = pydicom.dcmread(path)
            compress(dataset)
            dataset.save_as(folder / path.name)
        if not np.array_equal(voxels(folder), original):
            sys.exit(f"{folder}: SimpleITK reads other voxels than from the original")


def voxels(folder):
    reader = sitk.ImageSeriesReader()
    reader.SetFileNames(reader.GetGDCMSeriesFileNames(str(folder)))
    return sitk.GetArrayFromImage(reader.Execute())


if __name__ == "__main__":
    main()
