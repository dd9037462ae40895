//! Where on its edge of the grid a vertex lies, and where that is in the patient.

use super::{
    cases::{Cases, FACES},
    cells::CellRow,
};
use crate::{Error, Grid, Mask, Volume, Voxels, grid::Affine, par};

/// A vertex keeps this part of its edge from the edge's ends: exactly on a voxel, triangles would
/// shrink to nothing.
const MARGIN: f64 = 1.0 / 256.0;
/// Steps of `f32` that the margin must span, so that rounding keeps vertices apart.
const MARGIN_STEPS: f64 = 8.0;

/// What decides the place on an edge.
#[derive(Debug, Clone, Copy)]
pub(super) enum Along<'a> {
    /// The middle.
    Middle,
    /// Where the value on the edge is `level_hu`, which divides inside from outside.
    Level { volume: &'a Volume, level_hu: f64 },
    /// The same of what something else divides: the middle where the level is not between the ends.
    NearLevel { volume: &'a Volume, level_hu: f64 },
}

/// Turns edges of the grid into RAS millimetres.
#[derive(Debug)]
pub(super) struct Placer<'a> {
    along: Along<'a>,
    size_voxel: [usize; 3],
    ras_from_voxel: Affine,
    /// Layers that were put around the grid.
    pad: usize,
    /// As [`MARGIN`], or more for tiny voxels far from the origin.
    margin: f64,
}

impl<'a> Placer<'a> {
    /// # Errors
    /// [`Error::BadGrid`] where millimetres in `f32` cannot tell neighbouring voxels apart.
    pub(super) fn new(grid: &Grid, along: Along<'a>, pad: usize) -> Result<Self, Error> {
        let size_voxel = grid.size_voxel();
        let furthest = (0..8).flat_map(|corner: usize| {
            grid.ras_of(std::array::from_fn(|axis| {
                if corner >> axis & 1 == 1 { size_voxel[axis] as f64 } else { -1.0 }
            }))
        });
        let furthest_mm = furthest.fold(0.0, |most: f64, mm| most.max(mm.abs()));
        // The least distance between opposite faces of a voxel, which shear makes smaller than edges.
        let [a, b, c] = grid.spacing_mm();
        let thinnest_mm = grid.voxel_volume_mm3() / (a * b).max(b * c).max(a * c);
        let step_mm = furthest_mm * f64::from(f32::EPSILON);
        let margin = (MARGIN_STEPS * step_mm / thinnest_mm).max(MARGIN);
        if margin > 0.25 {
            return Err(Error::BadGrid {
                what: "position",
                value: format!("{furthest_mm:.0} mm from the origin"),
                expected: "a surface's coordinates could not tell its voxels apart so far away",
            });
        }
        Ok(Self { along, size_voxel, ras_from_voxel: *grid.ras_from_voxel(), pad, margin })
    }

    /// The vertex on the edge that runs from `from` (of the padded grid) along `axis`.
    pub(super) fn place(&self, axis: usize, from: [usize; 3]) -> [f32; 3] {
        let mut voxel = from.map(|x| x as f64 - self.pad as f64);
        voxel[axis] += self.part(axis, from);
        self.ras_from_voxel
            .map(|[a, b, c, d]| (a * voxel[0] + b * voxel[1] + c * voxel[2] + d) as f32)
    }

    /// Are ambiguous faces decided by values? Else what is inside is joined across them.
    pub(super) fn decides(&self) -> bool {
        matches!(self.along, Along::Level { .. })
    }

    /// Which ambiguous faces of the cell at `cell` are joined: those where the level lies below the
    /// saddle of the face's bilinear values (the asymptotic decider of Nielson and Hamann 1991). The
    /// products are the same seen from both sides of a face.
    pub(super) fn joined(&self, number: usize, cell: [usize; 3]) -> usize {
        let Along::Level { volume, level_hu } = self.along else { return 0 };
        let ambiguous = Cases::get().ambiguous[number];
        let (mut joined, mut place) = (0, 0);
        for (_, corners) in FACES.iter().enumerate().filter(|(k, _)| ambiguous >> k & 1 == 1) {
            let [a, b, c, d] = corners.map(|corner| {
                let voxel = [0, 1, 2].map(|axis| cell[axis] + usize::from(corner >> axis & 1));
                self.value(volume, voxel).unwrap_or(f64::NAN) - level_hu
            });
            let [inside, outside] =
                if number >> corners[0] & 1 == 1 { [a * c, b * d] } else { [b * d, a * c] };
            joined |= usize::from(inside > outside) << place;
            place += 1;
        }
        joined
    }

    /// How far along its edge the vertex lies, 0 to 1.
    fn part(&self, axis: usize, from: [usize; 3]) -> f64 {
        let (Along::Level { volume, level_hu } | Along::NearLevel { volume, level_hu }) =
            self.along
        else {
            return 0.5;
        };
        let mut to = from;
        to[axis] += 1;
        let (Some(a), Some(b)) = (self.value(volume, from), self.value(volume, to)) else {
            // Half a voxel beyond the border: where the last voxel ends.
            return 0.5;
        };
        // NaN and infinities fall out here, and ends that do not have the level between them.
        let part = (level_hu - a) / (b - a);
        if !(0.0..=1.0).contains(&part) {
            return 0.5;
        }
        part.clamp(self.margin, 1.0 - self.margin)
    }

    fn value(&self, volume: &Volume, voxel: [usize; 3]) -> Option<f64> {
        let [nx, ny, nz] = self.size_voxel;
        let [x, y, z] = voxel.map(|x| x.wrapping_sub(self.pad));
        if x >= nx || y >= ny || z >= nz {
            return None;
        }
        let at = (z * ny + y) * nx + x;
        match volume.voxels() {
            Voxels::I16(hu) => hu.get(at).map(|hu| f64::from(*hu)),
            Voxels::F32(values) => values.get(at).map(|value| f64::from(*value)),
        }
    }
}

/// The HU half-way between the means on both sides of the mask's boundary: over all pairs of face
/// neighbours of which one is inside. `None` where there is no such pair with two numbers.
///
/// # Errors
/// [`Error::SizeMismatch`].
pub(super) fn boundary_level(mask: &Mask, volume: &Volume) -> Result<Option<f64>, Error> {
    let size = volume.grid().size_voxel();
    let [nx, ny, nz] = size;
    if mask.size_voxel() != size {
        return Err(Error::SizeMismatch {
            what: "the mask",
            found: mask.size_voxel(),
            expected: size,
        });
    }
    let value = |at: usize| match volume.voxels() {
        Voxels::I16(hu) => hu.get(at).map_or(f64::NAN, |hu| f64::from(*hu)),
        Voxels::F32(values) => values.get(at).map_or(f64::NAN, |value| f64::from(*value)),
    };
    // Sums by slice, in order: the same with any number of threads.
    let slices: Vec<(f64, u64)> = par::map(0..nz, &|_, z| {
        let (mut sum, mut pairs) = (0.0, 0);
        for y in 0..ny {
            let row = CellRow::new(mask, y, z);
            for word in 0..mask.words_per_row() {
                for (mut bits, step) in row.crossings(word).into_iter().zip([1, nx, nx * ny]) {
                    while bits != 0 {
                        let x = 64 * word + bits.trailing_zeros() as usize;
                        bits &= bits - 1;
                        let at = (z * ny + y) * nx + x;
                        let both = value(at) + value(at + step);
                        if both.is_finite() {
                            sum += both;
                            pairs += 1;
                        }
                    }
                }
            }
        }
        (sum, pairs)
    });
    let (sum, pairs) = slices.iter().fold((0.0, 0), |(s, p), (sum, pairs)| (s + sum, p + pairs));
    Ok((pairs > 0).then(|| sum / (2.0 * pairs as f64)))
}
