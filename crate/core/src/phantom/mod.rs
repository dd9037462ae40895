//! A synthetic chest CT whose truth is known: for the first look, for tests and for benchmarks.
//!
//! ```text
//! PhantomParams ──▶ Phantom (solids in mm) ──render──▶ Volume (i16 HU) + Truth (labels)
//! ```
//!
//! The anatomy is fixed in RAS millimetres around the middle of the chest (supine, head first),
//! and the grid is a window on it: any size and spacing sees the same patient, so a 1 mm and a
//! 5 mm scan of one seed are two scans of one person. Edges are as soft as the voxel is large
//! (partial volume, from signed distances), noise is correlated as a reconstruction kernel makes
//! it, and everything is computed with IEEE `+ - × ÷ √` and integer hashes only: the same bytes
//! natively, in WebAssembly and with any number of threads.
//!
//! Memory: the voxels (2 bytes each), the labels (1 byte each) and a few slices per thread.

mod body;
mod canvas;
mod math;
mod random;
mod shape;
mod skeleton;
mod tree;
mod vessels;

use crate::error::try_vec;
use crate::facts::{Facts, Placement, Units};
use crate::par;
use crate::progress::{Progress, checkpoint};
use crate::{Error, Grid, Mask, Volume, Voxels};
use body::Level;
use canvas::{Canvas, Frame, Part};

/// Soft tissue that is not lung, where a solid covers some.
const NONE: Option<u8> = Some(0);
const BONES: u8 = Structure::Bones as u8;
const LUNG_LEFT: u8 = Structure::LungLeft as u8;
const LUNG_RIGHT: u8 = Structure::LungRight as u8;
const AIRWAYS: u8 = Structure::Airways as u8;
const HEART: u8 = Structure::Heart as u8;
const AORTA: u8 = Structure::Aorta as u8;
const VESSELS: u8 = Structure::Vessels as u8;
const CARTILAGE: u8 = Structure::CostalCartilage as u8;
const CANAL: u8 = Structure::SpinalCanal as u8;

/// HU written outside a circular field of view, as several scanners do.
const PADDING_HU: i16 = -2048;
/// The most noise that still leaves something to see.
const MAX_NOISE_HU: f64 = 500.0;

/// What a phantom says about itself: HU, and true left and right.
#[must_use]
pub fn facts() -> Facts {
    Facts {
        modality: "CT".into(),
        units: Units::Hu,
        placement: Placement::Stated,
        ..Facts::default()
    }
}

/// What to render.
#[derive(Debug, Clone, PartialEq)]
pub struct PhantomParams {
    /// Voxels along x, y, z.
    pub size_voxel: [usize; 3],
    /// Millimetres between voxel centres along x, y, z.
    pub spacing_mm: [f64; 3],
    /// Decides vessel trees, texture and noise.
    pub seed: u64,
    /// Arterial contrast: aorta about 370 HU; without it blood is 45 HU.
    pub contrast: bool,
    /// Standard deviation of the noise in the middle of the chest, HU (0…500).
    pub noise_hu: f64,
    /// Fill the corners outside the largest circle of each slice with −2048.
    pub padding: bool,
}

impl Default for PhantomParams {
    /// The sample scan: 256 × 256 × 160 voxels of 1.5 × 1.5 × 2 mm, with contrast.
    fn default() -> Self {
        Self {
            size_voxel: [256, 256, 160],
            spacing_mm: [1.5, 1.5, 2.0],
            seed: 1,
            contrast: true,
            noise_hu: 14.0,
            padding: true,
        }
    }
}

impl PhantomParams {
    /// The whole chest (384 × 384 × 320 mm) in `size_voxel` voxels, the rest as by default.
    #[must_use]
    pub fn fitted(size_voxel: [usize; 3]) -> Self {
        let [nx, ny, nz] = size_voxel.map(|n| n.max(1) as f64);
        Self { size_voxel, spacing_mm: [384.0 / nx, 384.0 / ny, 320.0 / nz], ..Self::default() }
    }
}

/// What a voxel lies in for the most part; the numbers are those of [`Truth::labels`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
#[non_exhaustive]
pub enum Structure {
    /// Filled bones: marrow is in; discs, cartilage and the spinal canal are not. A quarter of
    /// a voxel is enough: beside muscle that much cortex makes 150 HU.
    Bones = 1,
    /// The left lung with the vessels in it.
    LungLeft = 2,
    /// The right lung with the vessels in it.
    LungRight = 3,
    /// The air in trachea and bronchi, without their walls.
    Airways = 4,
    /// The heart's muscle and chambers.
    Heart = 5,
    /// The aorta with its wall.
    Aorta = 6,
    /// Other large vessels: caval veins, lung artery, branches of the arch.
    Vessels = 7,
    /// The cartilage between ribs and breastbone.
    CostalCartilage = 8,
    /// The spinal canal and what is in it.
    SpinalCanal = 9,
}

/// What is where, exactly.
#[derive(Debug, Clone, PartialEq)]
pub struct Truth {
    size_voxel: [usize; 3],
    labels: Vec<u8>,
}

impl Truth {
    /// One byte per voxel, x fastest: 0 or a [`Structure`].
    #[must_use]
    pub fn labels(&self) -> &[u8] {
        &self.labels
    }

    /// The voxels that belong to `structure`: half of each lies in it, or a quarter where it is bone.
    ///
    /// # Errors
    /// [`Error::OutOfMemory`] when the mask does not fit.
    pub fn mask(&self, structure: Structure) -> Result<Mask, Error> {
        let nx = self.size_voxel[0];
        let mut mask = Mask::empty(self.size_voxel)?;
        let words_per_row = mask.words_per_row();
        let rows = mask.words_mut().chunks_exact_mut(words_per_row.max(1));
        for (words, labels) in rows.zip(self.labels.chunks_exact(nx.max(1))) {
            for (word, labels) in words.iter_mut().zip(labels.chunks(64)) {
                let bit = |(k, label): (usize, &u8)| u64::from(*label == structure as u8) << k;
                *word = labels.iter().enumerate().map(bit).sum();
            }
        }
        Ok(mask)
    }
}

/// A rendered phantom.
#[derive(Debug, Clone, PartialEq)]
pub struct PhantomScan {
    /// Whole Hounsfield units.
    pub volume: Volume,
    /// The structures behind them, on the same grid.
    pub truth: Truth,
}

/// A patient made of solids, and the grid to see it on.
#[derive(Debug)]
pub struct Phantom {
    grid: Grid,
    params: PhantomParams,
    /// Painted before the torso.
    under: Vec<Part>,
    /// Painted over it, in order.
    over: Vec<Part>,
}

impl Phantom {
    /// Checks the parameters and builds the anatomy (some milliseconds).
    ///
    /// # Errors
    /// [`Error::BadGrid`] for a size or spacing no scan can have; [`Error::BadParameter`] for a
    /// noise outside 0…500 HU.
    pub fn new(params: PhantomParams) -> Result<Self, Error> {
        if !(0.0..=MAX_NOISE_HU).contains(&params.noise_hu) {
            return Err(Error::BadParameter {
                name: "noise_hu",
                value: params.noise_hu.to_string(),
                expected: "the noise must lie between 0 and 500 HU",
            });
        }
        let [sx, sy, sz] = params.spacing_mm;
        // The middle of the grid is the middle of the chest.
        let first = |axis: usize| {
            -0.5 * (params.size_voxel[axis].max(1) - 1) as f64 * params.spacing_mm[axis]
        };
        let grid = Grid::new(
            params.size_voxel,
            [[sx, 0.0, 0.0, first(0)], [0.0, sy, 0.0, first(1)], [0.0, 0.0, sz, first(2)]],
        )?;
        let mut over = vessels::parts(params.contrast);
        over.splice(0..0, tree::parts(params.seed, params.contrast));
        over.splice(0..0, skeleton::fat_pads());
        over.extend(skeleton::parts());
        Ok(Self { grid, params, under: skeleton::arms(), over })
    }

    /// Renders voxels and truth. Reports stage `"phantom"`; stops between slabs of slices.
    ///
    /// # Errors
    /// [`Error::OutOfMemory`], or [`Error::Stopped`] when `progress` says so.
    pub fn render(&self, progress: &mut dyn Progress) -> Result<PhantomScan, Error> {
        let [nx, ny, nz] = self.params.size_voxel;
        let slice = nx * ny;
        let mut hu = try_vec(0i16, slice * nz, "the phantom's voxels")?;
        let mut labels = try_vec(0u8, slice * nz, "the phantom's labels")?;
        let slab = 4 * par::threads();
        for (part, (hu, labels)) in
            hu.chunks_mut(slice * slab).zip(labels.chunks_mut(slice * slab)).enumerate()
        {
            checkpoint(progress, "phantom", (part * slab) as f64 / nz as f64)?;
            let slices = hu.chunks_mut(slice).zip(labels.chunks_mut(slice));
            par::try_each(slices, &|k, (hu, labels)| {
                self.render_slice(part * slab + k, hu, labels)
            })?;
        }
        checkpoint(progress, "phantom", 1.0)?;
        Ok(PhantomScan {
            volume: Volume::new(self.grid.clone(), Voxels::I16(hu))?,
            truth: Truth { size_voxel: self.params.size_voxel, labels },
        })
    }

    fn render_slice(&self, z: usize, hu: &mut [i16], labels: &mut [u8]) -> Result<(), Error> {
        let [nx, ny, _] = self.params.size_voxel;
        let frame = Frame {
            size: [nx, ny],
            origin_mm: self.grid.ras_of([0.0, 0.0, z as f64]).map(|mm| mm as f32),
            spacing_mm: self.params.spacing_mm.map(|mm| mm as f32),
            seed: self.params.seed,
        };
        let level = Level::new(frame.origin_mm[2]);
        let mut canvas = Canvas::new(frame, labels)?;
        for part in &self.under {
            canvas.paint(part);
        }
        level.fill(&mut canvas, self.params.contrast);
        for part in &self.over {
            canvas.paint(part);
        }
        let mut noise = try_vec(0f32, nx * ny, "a phantom slice")?;
        let mut row = try_vec(0f32, nx, "a phantom slice")?;
        let noise_hu = self.params.noise_hu as f32;
        if noise_hu > 0.0 {
            random::scanner_noise(self.params.seed, z, nx, ny, &mut noise, &mut row);
        }
        // The circle touches the slice's shorter sides.
        let radius_mm =
            0.5 * (nx as f32 * frame.spacing_mm[0]).min(ny as f32 * frame.spacing_mm[1]);
        for y in 0..ny {
            for x in 0..nx {
                let i = y * nx + x;
                let [px, py, _] = frame.at(x, y);
                if self.params.padding && px * px + py * py > radius_mm * radius_mm {
                    hu[i] = PADDING_HU;
                    continue;
                }
                let noisy = canvas.hu[i] + noise[i] * noise_hu * level.noise_factor(px, py);
                // Scanners clip at −1024 and 3071. The shift makes the cast round to nearest.
                hu[i] = ((noisy.clamp(-1024.0, 3071.0) + 4096.5) as i32 - 4096) as i16;
            }
        }
        if self.params.padding {
            for (label, hu) in canvas.labels.iter_mut().zip(hu.iter()) {
                if *hu == PADDING_HU {
                    *label = 0;
                }
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
