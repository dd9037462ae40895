"""The Python peers of the bench: one command a line on stdin, one JSON object a line on stdout.

The same commands as the native program (src/main.rs): file PATH, stretch, prepare, run KERNEL,
check KERNEL, bye. A kernel here is what a Python user would call for the same question.
"""

import json
import sys
import time

import cc3d
import nibabel as nib
import numpy as np
import vtk
import zmesh
from scipy import ndimage as ndi
from skimage import measure
from vtk.util import numpy_support

FACES = ndi.generate_binary_structure(3, 1)
LOWEST_HU, HIGHEST_HU = 150, 1300
LUNG_BORDER_HU = -320
SURFACE_HU = 300
# As the others here: on one thread.
vtk.vtkSMPTools.Initialize(1)


class Peers:
    """An open scan, indexed [z, y, x], and the mask the kernels work on."""

    def file(self, path):
        self.path = path
        self.hu = self.open()
        return self.hu.size

    def open(self):
        image = nib.load(self.path)
        self.spacing_mm = [float(mm) for mm in image.header.get_zooms()[2::-1]]
        # As stored: scaling to float64 would be slower still, and nobody asked for it.
        return np.asanyarray(image.dataobj).astype(np.int16, copy=False).T

    def stretch(self, _=""):
        below = self.hu.astype(np.int32)
        above = np.concatenate([below[1:], below[-1:]])
        out = np.empty((self.hu.shape[0] * 4, *self.hu.shape[1:]), np.int16)
        for k in range(4):
            out[k::4] = (below * (4 - k) + above * k) >> 2
        self.hu = out
        self.spacing_mm[0] /= 4
        return out.size

    def prepare(self, _=""):
        self.hu = np.ascontiguousarray(self.hu)
        self.mask = (self.hu >= LOWEST_HU) & (self.hu <= HIGHEST_HU)
        return int(self.mask.sum())

    def run(self, kernel):
        return getattr(self, kernel)()

    def check(self, kernel):
        answer = getattr(self, kernel)()
        return int(answer.sum()) if isinstance(answer, np.ndarray) else answer

    def numpy_compare(self):
        return (self.hu >= LOWEST_HU) & (self.hu <= HIGHEST_HU)

    def cc3d26(self):
        return int(cc3d.connected_components(self.mask, connectivity=26, return_N=True)[1])

    def cc3d6(self):
        return int(cc3d.connected_components(self.mask, connectivity=6, return_N=True)[1])

    def skimage26(self):
        return int(measure.label(self.mask, connectivity=3, return_num=True)[1])

    def skimage6(self):
        return int(measure.label(self.mask, connectivity=1, return_num=True)[1])

    def scipy_dilate(self):
        return ndi.binary_dilation(self.mask, FACES)

    def scipy_erode(self):
        return ndi.binary_erosion(self.mask, FACES)

    def scipy_fill(self):
        return ndi.binary_fill_holes(self.mask)

    def scipy_resample(self):
        """Linear, to 1 mm; the number of voxels that come out."""
        step = 1 / np.array(self.spacing_mm)
        shape = np.maximum(1, np.rint(np.array(self.hu.shape) / step)).astype(int)
        out = ndi.affine_transform(
            self.hu.astype(np.float32), np.diag(step), (step - 1) / 2,
            output_shape=tuple(shape), order=1, mode="nearest",
        )
        return out.size

    def skimage_surface(self):
        """Triangles; the array is of floats inside, which is part of the call."""
        return len(measure.marching_cubes(self.hu, SURFACE_HU)[1])

    def vtk_surface(self):
        """Flying edges, without the normals that it would add."""
        image = vtk.vtkImageData()
        image.SetDimensions(*self.hu.shape[::-1])
        image.GetPointData().SetScalars(numpy_support.numpy_to_vtk(self.hu.ravel(), deep=0))
        edges = vtk.vtkFlyingEdges3D()
        edges.SetInputData(image)
        edges.SetValue(0, SURFACE_HU)
        edges.ComputeNormalsOff()
        edges.ComputeScalarsOff()
        edges.Update()
        return edges.GetOutput().GetNumberOfPolys()

    def zmesh_surface(self):
        """zmesh draws labels: the mask first, which is part of the question."""
        mesher = zmesh.Mesher((1, 1, 1))
        mesher.mesh((self.hu >= SURFACE_HU).astype(np.uint8))
        return len(mesher.get(1, normals=False).faces)

    def nibabel_open(self):
        return self.open().size

    def classical_bones(self):
        """The classical recipe as scripts have it, on the array as nibabel gives it (x, y, z)."""
        return classical_bones(self.hu.T)

    def classical_bones_c_order(self):
        """The same on an array in C order, which a careful script would make first."""
        return classical_bones(self.hu)

    def classical_lungs(self):
        """The published recipe as scripts have it, on the array as nibabel gives it (x, y, z)."""
        return classical_lungs(self.hu.T)


def classical_lungs(hu):
    """Dark voxels that the sides of the image do not reach, the two largest parts, holes filled."""
    labels, _ = ndi.label(hu <= LUNG_BORDER_HU)
    sides = [labels[0], labels[-1], labels[:, 0], labels[:, -1]]
    reached = np.unique(np.concatenate([side.ravel() for side in sides]))
    sizes = np.bincount(labels.ravel())
    sizes[reached] = 0
    sizes[0] = 0
    order = sizes.argsort()[::-1][:2]
    kept = [part for part in order if sizes[part] > 0 and sizes[part] >= 0.1 * sizes[order[0]]]
    mask = np.isin(labels, kept)
    return np.stack([ndi.binary_fill_holes(mask[:, :, k]) for k in range(mask.shape[2])], axis=2)


def classical_bones(hu):
    """The published recipe: a count at every 14th HU, a minimum, closing, largest part, holes."""
    thresholds = range(150, 501, 14)
    counts = []
    for lowest in thresholds:
        # cc3d wants C order; where the array has it already, this copies nothing.
        mask = np.ascontiguousarray((hu >= lowest) & (hu <= HIGHEST_HU))
        counts.append(int(cc3d.connected_components(mask, connectivity=26, return_N=True)[1]))
    dips = [i for i in range(1, len(counts) - 1) if counts[i - 1] > counts[i] < counts[i + 1]]
    dips = dips[:2] or [int(np.argmin(counts))]
    chosen = thresholds[min(dips, key=lambda i: counts[i])]
    mask = (hu >= chosen) & (hu <= HIGHEST_HU)
    mask = ndi.binary_closing(mask, FACES)
    labels = cc3d.connected_components(np.ascontiguousarray(mask), connectivity=26)
    sizes = np.bincount(labels.ravel())
    sizes[0] = 0
    return ndi.binary_fill_holes(labels == sizes.argmax())


def peak_rss_bytes():
    with open("/proc/self/status", encoding="ascii") as status:
        line = next(line for line in status if line.startswith("VmHWM:"))
    return int(line.split()[1]) * 1024


def main():
    peers = Peers()
    for line in sys.stdin:
        verb, _, rest = line.strip().partition(" ")
        if verb == "bye":
            break
        try:
            start, cpu = time.perf_counter(), time.process_time()
            value = getattr(peers, verb)(rest)
            ms, cpu_ms = (time.perf_counter() - start) * 1e3, (time.process_time() - cpu) * 1e3
            if isinstance(value, np.ndarray):
                value = None
            answer = {"ms": ms, "cpuMs": cpu_ms, "value": value, "peakRssBytes": peak_rss_bytes()}
        except Exception as failure:  # The driver shows it and goes on without this peer.
            answer = {"error": f"{type(failure).__name__}: {failure}"}
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
