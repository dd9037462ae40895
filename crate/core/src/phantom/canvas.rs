//! One slice being painted: solids go on in order, each edge as soft as the voxel is large.

use super::math::Vec3;
use super::random::texture;
use super::shape::{Sample, Shape};
use crate::{Error, error::try_vec};

/// What a [`Part`] is made of.
#[derive(Debug, Clone, Copy)]
pub(super) struct Material {
    /// Thickness of the outer shell; 0 for none.
    pub(super) shell_mm: f32,
    /// HU of the shell.
    pub(super) shell_hu: f32,
    /// HU inside the shell.
    pub(super) inner_hu: f32,
    /// How much the inner HU varies, and over which distance.
    pub(super) mottle_hu: f32,
    pub(super) mottle_mm: f32,
    /// The truth written where enough of a voxel lies inside; `None` leaves what is there.
    pub(super) label: Option<u8>,
    /// How much of a voxel is enough, 0…1.
    pub(super) label_share: f32,
}

impl Material {
    pub(super) const fn plain(hu: f32, label: Option<u8>) -> Self {
        Self {
            shell_mm: 0.0,
            shell_hu: hu,
            inner_hu: hu,
            mottle_hu: 0.0,
            mottle_mm: 1.0,
            label,
            label_share: 0.5,
        }
    }
}

/// Shapes that are one piece: where they overlap there is no wall between them.
#[derive(Debug, Clone)]
pub(super) struct Part {
    pub(super) material: Material,
    /// Each shape with its box, so that a slice skips what does not reach it.
    shapes: Vec<(Shape, Vec3, Vec3)>,
    z_mm: [f32; 2],
}

impl Part {
    pub(super) fn new(material: Material, shapes: impl IntoIterator<Item = Shape>) -> Self {
        let boxed = |shape: Shape| {
            let (lo, hi) = shape.bounds();
            (shape, lo, hi)
        };
        let shapes: Vec<_> = shapes.into_iter().map(boxed).collect();
        let lo = shapes.iter().fold(f32::INFINITY, |z, s| z.min(s.1[2]));
        let hi = shapes.iter().fold(f32::NEG_INFINITY, |z, s| z.max(s.2[2]));
        Self { material, shapes, z_mm: [lo, hi] }
    }
}

/// The sampling of one slice.
#[derive(Debug, Clone, Copy)]
pub(super) struct Frame {
    pub(super) size: [usize; 2],
    /// RAS mm of the first voxel's centre, and the slice's height.
    pub(super) origin_mm: Vec3,
    pub(super) spacing_mm: Vec3,
    pub(super) seed: u64,
}

impl Frame {
    /// The width of an edge: a voxel, or the scanner's own blur where voxels are finer than that.
    fn edge_mm(&self, upward: f32) -> f32 {
        const SCANNER_BLUR_MM: f32 = 1.1;
        let [x, y, z] = self.spacing_mm;
        let flat = (0.5 * (x + y)).max(SCANNER_BLUR_MM);
        let steep = z.max(SCANNER_BLUR_MM);
        // The variances of two box blurs add.
        let u2 = upward * upward;
        (flat * flat * (1.0 - u2) + steep * steep * u2).sqrt()
    }

    /// How much of a voxel lies inside a surface, 0…1.
    pub(super) fn cover(&self, distance_mm: f32, upward: f32) -> f32 {
        (0.5 - distance_mm / self.edge_mm(upward)).clamp(0.0, 1.0)
    }

    /// The mm of voxel (x, y).
    pub(super) fn at(&self, x: usize, y: usize) -> Vec3 {
        let [ox, oy, z] = self.origin_mm;
        [ox + x as f32 * self.spacing_mm[0], oy + y as f32 * self.spacing_mm[1], z]
    }

    /// The voxels along `axis` between `lo_mm` and `hi_mm`.
    fn span(&self, axis: usize, lo_mm: f32, hi_mm: f32) -> std::ops::Range<usize> {
        let n = self.size[axis] as f32;
        let index = |mm: f32| (mm - self.origin_mm[axis]) / self.spacing_mm[axis];
        // Clamped before the cast, so it neither wraps nor rounds the wrong way.
        let first = index(lo_mm).clamp(0.0, n) as usize;
        let end = (index(hi_mm) + 1.0).clamp(0.0, n) as usize;
        first..end
    }
}

/// A slice and its scratch.
#[derive(Debug)]
pub(super) struct Canvas<'a> {
    pub(super) frame: Frame,
    pub(super) hu: Vec<f32>,
    pub(super) labels: &'a mut [u8],
    /// The nearest surface of the part being painted; [`FAR`] between parts.
    nearest: Vec<Sample>,
}

const FAR: Sample = Sample { distance_mm: f32::INFINITY, upward: 0.0 };

impl<'a> Canvas<'a> {
    pub(super) fn new(frame: Frame, labels: &'a mut [u8]) -> Result<Self, Error> {
        let n = frame.size[0] * frame.size[1];
        Ok(Self {
            frame,
            hu: try_vec(-1000.0, n, "a phantom slice")?,
            labels,
            nearest: try_vec(FAR, n, "a phantom slice")?,
        })
    }

    /// Paints `part` over what is there.
    pub(super) fn paint(&mut self, part: &Part) {
        let frame = self.frame;
        let z = frame.origin_mm[2];
        let margin = frame.edge_mm(0.0).max(frame.edge_mm(1.0));
        if z < part.z_mm[0] - margin || z > part.z_mm[1] + margin {
            return;
        }
        // Thousands of separate plain shapes (a vessel tree) are blended one by one: their union
        // would be as large as the lung.
        let one_by_one = part.material.shell_mm == 0.0;
        let mut touched: Option<[std::ops::Range<usize>; 2]> = None;
        for (shape, lo, hi) in &part.shapes {
            if z < lo[2] - margin || z > hi[2] + margin {
                continue;
            }
            let columns = frame.span(0, lo[0] - margin, hi[0] + margin);
            let rows = frame.span(1, lo[1] - margin, hi[1] + margin);
            for y in rows.clone() {
                for x in columns.clone() {
                    let sample = shape.sample(frame.at(x, y));
                    let i = y * frame.size[0] + x;
                    if one_by_one {
                        self.blend(i, x, y, sample, &part.material);
                    } else if sample.distance_mm < self.nearest[i].distance_mm {
                        self.nearest[i] = sample;
                    }
                }
            }
            let [tx, ty] = touched.unwrap_or([columns.clone(), rows.clone()]);
            touched = Some([
                tx.start.min(columns.start)..tx.end.max(columns.end),
                ty.start.min(rows.start)..ty.end.max(rows.end),
            ]);
        }
        let Some([columns, rows]) = touched.filter(|_| !one_by_one) else { return };
        for y in rows {
            for x in columns.clone() {
                let i = y * frame.size[0] + x;
                let sample = std::mem::replace(&mut self.nearest[i], FAR);
                self.blend(i, x, y, sample, &part.material);
            }
        }
    }

    fn blend(&mut self, i: usize, x: usize, y: usize, sample: Sample, material: &Material) {
        let frame = self.frame;
        let outer = frame.cover(sample.distance_mm, sample.upward);
        if outer <= 0.0 {
            return;
        }
        let mut inner_hu = material.inner_hu;
        if material.mottle_hu > 0.0 {
            inner_hu +=
                material.mottle_hu * texture(frame.seed, frame.at(x, y), material.mottle_mm);
        }
        let inner = frame.cover(sample.distance_mm + material.shell_mm, sample.upward);
        self.hu[i] =
            self.hu[i] * (1.0 - outer) + material.shell_hu * (outer - inner) + inner_hu * inner;
        if let Some(label) = material.label.filter(|_| outer >= material.label_share) {
            self.labels[i] = label;
        }
    }
}
