//! The core's kernels, each a call by name, so that a driver can time them in turn with others'.
//!
//! Only public functions of `hounsfield` are called: what is timed is what is shipped. The native
//! program (`main.rs`) and the wasm module (`wasm.rs`, no JavaScript glue) run the same code.

mod memory;
#[cfg(target_arch = "wasm32")]
mod wasm;

pub use memory::{peak_bytes, reset_peak};

use hounsfield::bones::{self, BonesParams};
use hounsfield::components::Components;
use hounsfield::curve::{Sizes, component_curve};
use hounsfield::lungs::{self, LungsParams, Method};
use hounsfield::morphology::{Ball, Beyond, dilate, erode, fill_holes};
use hounsfield::nifti::{self, Limits};
use hounsfield::phantom::{Phantom, PhantomParams};
use hounsfield::prepare::{Interpolation, Prepared, Step, apply};
use hounsfield::surface::{Surface, SurfaceParams, of_level};
use hounsfield::threshold::threshold;
use hounsfield::{Error, Grid, Mask, Neighbourhood, Volume, Voxels};

/// The range of bone, HU.
const BONE_HU: (i16, i16) = (150, 1300);
/// The level of the surface, HU.
const SURFACE_HU: f64 = 300.0;

/// A scan and what the kernels work on.
#[derive(Debug, Default)]
pub struct Bench {
    /// The file's bytes, for the kernel `open`.
    pub file: Vec<u8>,
    volume: Option<Volume>,
    mask: Option<Mask>,
}

impl Bench {
    /// Reads the file's bytes into a volume.
    ///
    /// # Errors
    /// Those of the reader.
    pub fn open(&mut self) -> Result<f64, Error> {
        let volume = nifti::read(&*self.file, &Limits::default(), &mut ())?.volume;
        let voxels = volume.grid().voxel_count();
        self.volume = Some(volume);
        self.mask = None;
        Ok(voxels as f64)
    }

    /// Four slices for each, interpolated in whole numbers so that any language makes the same.
    ///
    /// # Errors
    /// No volume, or out of memory.
    pub fn stretch(&mut self) -> Result<f64, Error> {
        let volume = self.volume.take().ok_or(NOTHING_OPEN)?;
        let [nx, ny, nz] = volume.grid().size_voxel();
        let [sx, sy, sz] = volume.grid().spacing_mm();
        let hu = volume.hu()?;
        let mut voxels = hounsfield::error::try_with_capacity(hu.len() * 4, "the stretched scan")?;
        for z in 0..nz {
            let next = (z + 1).min(nz - 1);
            let (a, b) =
                (&hu[z * nx * ny..(z + 1) * nx * ny], &hu[next * nx * ny..(next + 1) * nx * ny]);
            for k in 0..4 {
                let between = |(a, b): (&i16, &i16)| {
                    ((i32::from(*a) * (4 - k) + i32::from(*b) * k) >> 2) as i16
                };
                voxels.extend(a.iter().zip(b).map(between));
            }
        }
        let grid = Grid::from_spacing([nx, ny, 4 * nz], [sx, sy, sz / 4.0])?;
        self.volume = Some(Volume::new(grid, Voxels::I16(voxels))?);
        self.mask = None;
        Ok((nx * ny * nz * 4) as f64)
    }

    /// The worst case of the curve: every voxel active, no two alike (150…499 HU, 256³).
    ///
    /// # Errors
    /// Out of memory.
    pub fn noise(&mut self) -> Result<f64, Error> {
        let n = 256;
        let mut state = 0x2545_f491_4f6c_dd1d_u64;
        let mut voxels = hounsfield::error::try_with_capacity(n * n * n, "noise")?;
        voxels.extend((0..n * n * n).map(|_| {
            // Xorshift: any generator will do, as long as neighbours differ.
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            150 + (state % 350) as i16
        }));
        let grid = Grid::from_spacing([n, n, n], [1.0; 3])?;
        self.volume = Some(Volume::new(grid, Voxels::I16(voxels))?);
        self.mask = None;
        Ok((n * n * n) as f64)
    }

    /// The sample scan, for machines without data; returns a hash of its voxels (32-bit FNV-1a),
    /// which native and wasm must agree on.
    ///
    /// # Errors
    /// Out of memory.
    pub fn phantom(&mut self) -> Result<f64, Error> {
        let scan = Phantom::new(PhantomParams::fitted([384, 384, 160]))?.render(&mut ())?;
        let hash = hash(&scan.volume)?;
        self.volume = Some(scan.volume);
        self.mask = None;
        Ok(hash)
    }

    /// The volume as the bytes of a `.nii.gz`, for peers.
    ///
    /// # Errors
    /// No volume, or out of memory.
    pub fn encode(&self) -> Result<Vec<u8>, Error> {
        let volume = self.volume.as_ref().ok_or(NOTHING_OPEN)?;
        nifti::write_volume_i16(&volume.hu()?, &nifti::Template::of_grid(volume.grid())?)
    }

    /// Makes the mask the kernels work on (not timed).
    ///
    /// # Errors
    /// No volume, or out of memory.
    pub fn prepare(&mut self) -> Result<f64, Error> {
        let volume = self.volume.as_ref().ok_or(NOTHING_OPEN)?;
        let mask = threshold(&volume.hu()?, volume.grid(), BONE_HU.0, BONE_HU.1, &mut ())?;
        let voxels = mask.count();
        self.mask = Some(mask);
        Ok(voxels as f64)
    }

    /// Runs one kernel; the number it returns is compared with the peers' (same question, same
    /// answer), and keeps the compiler honest.
    ///
    /// # Errors
    /// Nothing open, a name that is no kernel's, or the kernel's own.
    pub fn run(&mut self, kernel: &str) -> Result<f64, Error> {
        if kernel == "open" {
            return self.open();
        }
        if self.mask.is_none() {
            self.prepare()?;
        }
        let (Some(volume), Some(mask)) = (&self.volume, &self.mask) else {
            return Err(NOTHING_OPEN);
        };
        let (hu, grid) = (volume.hu()?, volume.grid());
        let curve = |neighbourhood, sizes| {
            component_curve(&hu, grid, neighbourhood, sizes, &mut ())
                .map(|curve| curve.components.iter().map(|n| f64::from(*n)).sum())
        };
        Ok(match kernel {
            "curve26" => curve(Neighbourhood::Corners26, None)?,
            "curve6" => curve(Neighbourhood::Faces6, None)?,
            "curve26sizes" => curve(Neighbourhood::Corners26, Some(Sizes { large_voxels: 1000 }))?,
            // Its count is not taken: counting is no part of the question. A word of it is.
            "threshold" => {
                threshold(&hu, grid, BONE_HU.0, BONE_HU.1, &mut ())?.words().len() as f64
            }
            "label26" => Components::of(mask, Neighbourhood::Corners26)?.count() as f64,
            "label6" => Components::of(mask, Neighbourhood::Faces6)?.count() as f64,
            "dilate" => dilate(mask, &Ball::faces(), &mut ())?.words().len() as f64,
            "erode" => erode(mask, &Ball::faces(), Beyond::Outside, &mut ())?.words().len() as f64,
            "fill" => fill_holes(mask, &mut ())?.words().len() as f64,
            "surface" => surface(volume)?.triangles().len() as f64,
            "bones" => bones::run(volume, &BonesParams::default(), &mut ())?.report.voxels as f64,
            "resample" => resampled(volume)?.grid().voxel_count() as f64,
            "lungs" => lungs_voxels(volume, Method::Anatomy)?,
            "lungsClassical" => lungs_voxels(volume, Method::Classical)?,
            _ => {
                return Err(Error::BadParameter {
                    name: "the kernel",
                    value: kernel.into(),
                    expected: "it must be one of those in tests/bench/src/lib.rs",
                });
            }
        })
    }

    /// The voxel count of what a kernel makes: the answer that peers must agree with. Of `resample`
    /// a hash of the voxels, of `surface` the bytes of its vertices and triangles.
    ///
    /// # Errors
    /// As [`Bench::run`].
    pub fn check(&mut self, kernel: &str) -> Result<f64, Error> {
        if self.mask.is_none() {
            self.prepare()?;
        }
        let (Some(volume), Some(mask)) = (&self.volume, &self.mask) else {
            return Err(NOTHING_OPEN);
        };
        let count = |mask: Mask| mask.count() as f64;
        Ok(match kernel {
            "threshold" => mask.count() as f64,
            "dilate" => count(dilate(mask, &Ball::faces(), &mut ())?),
            "erode" => count(erode(mask, &Ball::faces(), Beyond::Outside, &mut ())?),
            "fill" => count(fill_holes(mask, &mut ())?),
            "resample" => hash(&resampled(volume)?)?,
            "surface" => {
                let made = surface(volume)?;
                (size_of_val(made.positions()) + size_of_val(made.triangles())) as f64
            }
            other => self.run(other)?,
        })
    }
}

/// Where HU is [`SURFACE_HU`].
fn surface(volume: &Volume) -> Result<Surface, Error> {
    of_level(volume, SURFACE_HU, &SurfaceParams::default(), &mut ())
}

/// On 1 mm, linear.
fn resampled(volume: &Volume) -> Result<Volume, Error> {
    let template = nifti::Template::of_grid(volume.grid())?;
    let step = Step::Resample {
        spacing_mm: [1.0; 3],
        interpolation: Interpolation::Linear,
        as_f32: false,
        blend_padding: false,
    };
    let start = Prepared::new(volume, &[], &template);
    Ok(apply(&step, start, &Limits::default(), &mut ())?.volume.into_owned())
}

/// Of all voxels (32-bit FNV-1a).
fn hash(volume: &Volume) -> Result<f64, Error> {
    let step = |hash: u32, hu: &i16| (hash ^ u32::from(*hu as u16)).wrapping_mul(0x0100_0193);
    Ok(f64::from(volume.hu()?.iter().fold(0x811c_9dc5, step)))
}

fn lungs_voxels(volume: &Volume, method: Method) -> Result<f64, Error> {
    let run = lungs::run(volume, &LungsParams { method, ..LungsParams::default() }, &mut ())?;
    Ok((run.report.left.voxels + run.report.right.voxels) as f64)
}

const NOTHING_OPEN: Error =
    Error::BadParameter { name: "the scan", value: String::new(), expected: "open one first" };
