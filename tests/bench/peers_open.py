"""SimpleITK opens a folder: `open FOLDER` on stdin, one JSON object a line on stdout, as the native program.

`peers_open.py THREADS`; ITK's DICOM reader itself uses one.
"""

import json
import sys
import time

import numpy as np
import SimpleITK as sitk


def open_folder(folder):
    reader = sitk.ImageSeriesReader()
    reader.SetFileNames(reader.GetGDCMSeriesFileNames(folder))
    return reader.Execute()


def rss_bytes(word):
    with open("/proc/self/status", encoding="ascii") as status:
        line = next(line for line in status if line.startswith(word))
    return int(line.split()[1]) * 1024


def main():
    sitk.ProcessObject.SetGlobalDefaultNumberOfThreads(int(sys.argv[1]))
    for line in sys.stdin:
        verb, _, folder = line.strip().partition(" ")
        if verb != "open":
            break
        before = rss_bytes("VmRSS:")
        # From here on the most the process holds is counted anew.
        with open("/proc/self/clear_refs", "w", encoding="ascii") as clear:
            clear.write("5")
        start = time.perf_counter()
        image = open_folder(folder)
        ms = (time.perf_counter() - start) * 1e3
        peak = rss_bytes("VmHWM:") - before
        voxels = sitk.GetArrayViewFromImage(image)
        answer = {
            "ms": ms,
            "size": image.GetSize(),
            "value": int(voxels.sum(dtype=np.int64)),
            "volumeBytes": voxels.nbytes,
            "extraBytes": peak,
        }
        del voxels, image
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
