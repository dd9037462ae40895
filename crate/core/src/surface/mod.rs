//! Surfaces: closed sheets of triangles around what is inside, to be turned, measured and printed.
//!
//! ```text
//! Mask, or Volume and level ──bits──▶ cells ──cases──▶ triangles ─┐
//!                                      └──────place──▶ positions ─┴─▶ Surface
//! ```
//!
//! Marching cubes on whole rows of bits. The surface is closed wherever what is inside does not touch
//! the grid's border (everywhere, with [`SurfaceParams::cap_border`]); each of its edges then belongs
//! to two triangles that run along it in opposite directions. Triangles are counter-clockwise from
//! outside for any affine, sheared and left-handed ones too. No two vertices are one, and no triangle
//! is without area.

mod bits;
mod cases;
mod cells;
mod decimate;
mod distance;
mod edges;
mod encode;
mod info;
mod measure;
mod parts;
mod place;
mod smooth;
mod vector;

pub use encode::{Format, ct_check_of_parts, decode, encode};
pub use info::SurfaceInfo;
pub use measure::{BoxRas, SurfaceMeasures};
use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use self::{
    cells::{Cells, Counts},
    place::{Along, Placer},
    vector::{cross, minus},
};
use crate::{Error, Grid, Mask, Progress, Volume, check, grid::determinant, progress::Part};

/// More triangles than this are refused: 1 GB, and nothing on a desk turns them.
pub const MOST_TRIANGLES: u64 = 50_000_000;
/// A bone's colour, for surfaces that nobody has given another.
const BONE: [u8; 3] = [227, 218, 201];

/// Triangles in space.
#[derive(Debug, PartialEq)]
pub struct Surface {
    /// What it is of; the name of its part in files.
    pub name: String,
    /// Red, green and blue.
    pub colour: [u8; 3],
    pub(crate) positions: Vec<[f32; 3]>,
    pub(crate) triangles: Vec<[u32; 3]>,
    /// Where the cones meet whose volumes are summed: the first voxel. Of a closed surface any point
    /// gives the same volume; of an open one, which has none, programs differ by this.
    pub apex_ras_mm: [f64; 3],
    /// Of a decimated surface: its distance to the one before ([`Surface::hausdorff_mm`]). Decimated
    /// again, distances are added up, which is no less than the distance to the first.
    pub deviation_mm: Option<f64>,
    /// See [`Surface::ct_check`].
    pub(crate) ct_check: String,
}

/// How a surface is made; [`Default`] is the plain one.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct SurfaceParams {
    /// Of a scan without a mask: the surface where HU is this.
    pub level_hu: Option<f64>,
    /// Of a mask with its scan: vertices move along their edges to where HU is half-way between
    /// inside and outside, which takes away the stairs where the scan shows the boundary.
    pub smooth_by_hu: bool,
    /// Close the surface where what is inside touches the grid's border, half a voxel beyond it.
    pub cap_border: bool,
    /// Leave only the connected part with the largest area.
    pub keep_largest: bool,
    /// Iterations of smoothing that does not shrink ([`Surface::smooth`]); 0 for none.
    pub smoothing: u32,
    /// Decimate to at most so many triangles ([`Surface::decimate`]).
    pub target_triangles: Option<u32>,
    /// Decimate as long as no vertex moves farther than this.
    pub tolerance_mm: Option<f64>,
    /// What takes more than this, beyond scan and mask, is refused before it is made.
    #[serde(skip)]
    pub memory_bytes: Option<u64>,
}

/// What a surface will be, counted before anything is allocated for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Estimate {
    /// Its triangles.
    pub triangles: u64,
    /// Its vertices.
    pub vertices: u64,
    /// Memory it takes.
    pub bytes: u64,
}

/// What a surface is made of.
#[derive(Debug, Clone, Copy)]
enum Source<'a> {
    Mask(&'a Mask, &'a Grid),
    Level(&'a Volume, f64),
    MaskByHu(&'a Mask, &'a Volume),
}

impl<'a> Source<'a> {
    fn grid(self) -> &'a Grid {
        match self {
            Self::Mask(_, grid) => grid,
            Self::Level(volume, _) | Self::MaskByHu(_, volume) => volume.grid(),
        }
    }
}

/// The surface of a mask: stairs, with vertices in the middle between inside and outside.
///
/// ```
/// use hounsfield::{Grid, Mask, surface::{SurfaceParams, of_mask}};
/// let mask = Mask::drawn("
///     ...
///     .#.
///     ...
/// ");
/// let grid = Grid::from_spacing([3, 3, 1], [1.0; 3])?;
/// let params = SurfaceParams { cap_border: true, ..SurfaceParams::default() };
/// let surface = of_mask(&mask, &grid, &params, &mut ())?;
/// assert_eq!((surface.positions().len(), surface.triangles().len()), (6, 8)); // An octahedron.
/// # Ok::<(), hounsfield::Error>(())
/// ```
///
/// Memory: the surface and 12 bytes a row of the grid (a bit a voxel more with `cap_border`).
///
/// # Errors
/// [`Error::SizeMismatch`]; [`Error::BadParameter`] when nothing or everything is inside, and with the
/// count for more than [`MOST_TRIANGLES`]; [`Error::BadGrid`] for a grid so far from the origin that
/// `f32` cannot tell its voxels apart; [`Error::OutOfMemory`], [`Error::Stopped`].
pub fn of_mask(
    mask: &Mask,
    grid: &Grid,
    params: &SurfaceParams,
    progress: &mut dyn Progress,
) -> Result<Surface, Error> {
    make(Source::Mask(mask, grid), params, progress)
}

/// The surface where a scan's HU is `level_hu`; what is at least that lies inside. Values between
/// voxels are linear along the grid's edges. NaN is outside, and draws no vertex nearer.
///
/// Memory: the surface, a bit a voxel, and 12 bytes a row of the grid.
///
/// # Errors
/// As [`of_mask`]; [`Error::BadParameter`] for a level that is no number.
pub fn of_level(
    volume: &Volume,
    level_hu: f64,
    params: &SurfaceParams,
    progress: &mut dyn Progress,
) -> Result<Surface, Error> {
    make(Source::Level(volume, level_hu), params, progress)
}

/// The surface of a mask, smoothed by the scan it was made from: where the HU half-way between the
/// means on both sides of the boundary lies between two neighbours, the vertex goes there; elsewhere
/// (where the mask leaves what the scan shows) it stays in the middle. Works for what is darker than
/// its surroundings, too.
///
/// # Errors
/// As [`of_mask`].
pub fn of_mask_with_hu(
    mask: &Mask,
    volume: &Volume,
    params: &SurfaceParams,
    progress: &mut dyn Progress,
) -> Result<Surface, Error> {
    make(Source::MaskByHu(mask, volume), params, progress)
}

/// One of the three, as `params` say: with a mask [`of_mask`] or [`of_mask_with_hu`], else
/// [`of_level`].
///
/// # Errors
/// As these; [`Error::BadParameter`] where there is neither mask nor level, or both.
pub fn of(
    volume: &Volume,
    mask: Option<&Mask>,
    params: &SurfaceParams,
    progress: &mut dyn Progress,
) -> Result<Surface, Error> {
    make(source(volume, mask, params)?, params, progress)
}

/// What [`of`] would make. Takes the time of about a third of it.
///
/// # Errors
/// As [`of`], but any number of triangles is right.
pub fn estimate(
    volume: &Volume,
    mask: Option<&Mask>,
    params: &SurfaceParams,
    progress: &mut dyn Progress,
) -> Result<Estimate, Error> {
    let source = source(volume, mask, params)?;
    let inside = inside(source, params, &mut Part::new(progress, 0.0, 0.5))?;
    let placer = placer(source, params)?;
    let decide = |number, cell| placer.joined(number, cell);
    let cells = Cells::new(&inside, placer.decides().then_some(&decide));
    Ok(estimate_of(&cells.count(&mut Part::new(progress, 0.5, 1.0))?))
}

fn source<'a>(
    volume: &'a Volume,
    mask: Option<&'a Mask>,
    params: &SurfaceParams,
) -> Result<Source<'a>, Error> {
    match (mask, params.level_hu) {
        (Some(mask), None) if params.smooth_by_hu => Ok(Source::MaskByHu(mask, volume)),
        (Some(mask), None) => Ok(Source::Mask(mask, volume.grid())),
        (None, Some(level_hu)) => Ok(Source::Level(volume, level_hu)),
        (None, None) => Err(Error::BadParameter {
            name: "levelHu",
            value: "not given".into(),
            expected: "the surface of a scan without a mask needs a level in HU",
        }),
        (Some(_), Some(level_hu)) => Err(Error::BadParameter {
            name: "levelHu",
            value: level_hu.to_string(),
            expected: "the surface of a mask has no level: leave it out",
        }),
    }
}

fn estimate_of(counts: &Counts) -> Estimate {
    let (triangles, vertices) = (counts.triangles(), counts.vertices);
    Estimate { triangles, vertices, bytes: 12 * (triangles + vertices) }
}

fn inside<'a>(
    source: Source<'a>,
    params: &SurfaceParams,
    progress: &mut dyn Progress,
) -> Result<Cow<'a, Mask>, Error> {
    let mask = match source {
        Source::Level(volume, level_hu) => {
            if level_hu.is_nan() {
                return Err(Error::BadParameter {
                    name: "levelHu",
                    value: level_hu.to_string(),
                    expected: "the level must be a number of HU",
                });
            }
            return bits::of_level(volume, level_hu, params.cap_border, progress).map(Cow::Owned);
        }
        Source::Mask(mask, _) | Source::MaskByHu(mask, _) => mask,
    };
    let grid = source.grid();
    if mask.size_voxel() != grid.size_voxel() {
        return Err(Error::SizeMismatch {
            what: "the mask",
            found: mask.size_voxel(),
            expected: grid.size_voxel(),
        });
    }
    bits::of_mask(mask, params.cap_border, progress)
}

fn placer<'a>(source: Source<'a>, params: &SurfaceParams) -> Result<Placer<'a>, Error> {
    let (grid, along) = match source {
        Source::Mask(_, grid) => (grid, Along::Middle),
        Source::Level(volume, level_hu) => (volume.grid(), Along::Level { volume, level_hu }),
        Source::MaskByHu(mask, volume) => {
            let level_hu = place::boundary_level(mask, volume)?;
            let near = level_hu.map(|level_hu| Along::NearLevel { volume, level_hu });
            (volume.grid(), near.unwrap_or(Along::Middle))
        }
    };
    Placer::new(grid, along, usize::from(params.cap_border))
}

fn make(
    source: Source<'_>,
    params: &SurfaceParams,
    progress: &mut dyn Progress,
) -> Result<Surface, Error> {
    let mut surface = extract(source, params, &mut Part::new(progress, 0.0, 0.3))?;
    if params.keep_largest {
        surface.keep_largest()?;
    }
    surface.smooth(params.smoothing, &mut Part::new(progress, 0.3, 0.5))?;
    let (target, tolerance_mm) = (params.target_triangles, params.tolerance_mm);
    if target.is_none() && tolerance_mm.is_none() {
        return Ok(surface);
    }
    surface.simplified(target, tolerance_mm, &mut Part::new(progress, 0.5, 1.0))
}

fn extract(
    source: Source<'_>,
    params: &SurfaceParams,
    progress: &mut dyn Progress,
) -> Result<Surface, Error> {
    let inside = inside(source, params, &mut Part::new(progress, 0.0, 0.2))?;
    let placer = placer(source, params)?;
    let decide = |number, cell| placer.joined(number, cell);
    let cells = Cells::new(&inside, placer.decides().then_some(&decide));
    let counts = cells.count(&mut Part::new(progress, 0.2, 0.4))?;
    admit(&estimate_of(&counts), params)?;
    if counts.triangles() == 0 {
        return Err(nothing_to_draw(&inside));
    }
    let place = |axis, from| placer.place(axis, from);
    let positions = cells.vertices(&counts, &place, &mut Part::new(progress, 0.4, 0.7))?;
    let apex_ras_mm = source.grid().ras_of([0.0; 3]);
    let flip = determinant(source.grid().ras_from_voxel()) < 0.0;
    let triangles = cells.triangles(&counts, flip, &mut Part::new(progress, 0.7, 1.0))?;
    Ok(Surface {
        name: String::new(),
        colour: BONE,
        positions,
        triangles,
        apex_ras_mm,
        deviation_mm: None,
        ct_check: String::new(),
    })
}

/// Refuses what is too much, with what would be less.
fn admit(estimate: &Estimate, params: &SurfaceParams) -> Result<(), Error> {
    let Estimate { triangles, vertices, bytes } = *estimate;
    if triangles > MOST_TRIANGLES {
        // Voxels n times as large leave a surface of n² times fewer triangles.
        let larger = (triangles as f64 / MOST_TRIANGLES as f64).sqrt();
        return Err(Error::BadParameter {
            name: "the surface",
            value: format!(
                "{triangles} triangles ({} MB; voxels {:.1} × as large would make about {})",
                bytes / 1_000_000,
                (10.0 * larger).floor() / 10.0 + 0.1,
                MOST_TRIANGLES
            ),
            expected: "50 million are the most: take a smaller region, or resample to larger voxels",
        });
    }
    let [smoothed, simplified] =
        [smooth::bytes(triangles, vertices), decimate::bytes(triangles, vertices)];
    let tools = [
        (params.smoothing > 0, smoothed),
        (params.target_triangles.or(params.tolerance_mm.map(|_| 0)).is_some(), simplified),
    ];
    let needed_bytes =
        bytes + tools.iter().filter(|(is, _)| *is).map(|(_, more)| *more).max().unwrap_or(0);
    match params.memory_bytes {
        Some(limit_bytes) if needed_bytes > limit_bytes => Err(Error::TooLarge {
            needed_bytes,
            limit_bytes,
            hint: "take a smaller region, or resample to larger voxels",
        }),
        _ => Ok(()),
    }
}

fn nothing_to_draw(inside: &Mask) -> Error {
    let (value, expected) = if inside.is_empty() {
        ("empty", "there is nothing to draw: at least one voxel must be inside")
    } else {
        (
            "without a boundary in the scan",
            "it fills the scan, or the scan is one voxel thin: close it at the border (capBorder)",
        )
    };
    Error::BadParameter { name: "what is inside", value: value.into(), expected }
}

impl Surface {
    /// Peak bytes of [`Surface::simplified`], beyond the surface itself.
    #[must_use]
    pub fn simplify_bytes(&self) -> u64 {
        decimate::bytes(self.triangles.len() as u64, self.positions.len() as u64)
    }

    /// Vertices, in RAS millimetres.
    #[must_use]
    pub fn positions(&self) -> &[[f32; 3]] {
        &self.positions
    }

    /// The vertices of each triangle, counter-clockwise from outside.
    #[must_use]
    pub fn triangles(&self) -> &[[u32; 3]] {
        &self.triangles
    }

    /// How the CT check of the scan it was made of came out ([`check::summary`]); empty where nobody
    /// knows. Stands in every file that is written of it.
    #[must_use]
    pub fn ct_check(&self) -> &str {
        &self.ct_check
    }

    /// Says how the check came out. What is no summary, in a file of somebody's, is passed by.
    pub fn set_ct_check(&mut self, summary: &str) {
        if check::is_summary(summary) {
            self.ct_check = summary.into();
        }
    }

    /// A vertex's position.
    pub(crate) fn position(&self, vertex: u32) -> [f32; 3] {
        self.positions.get(vertex as usize).copied().unwrap_or_default()
    }

    /// A triangle's normal, of length 1; 0 where it has no area.
    pub(crate) fn normal_of(&self, triangle: [u32; 3]) -> [f32; 3] {
        let [a, b, c] = self.corners(triangle);
        let normal = cross(minus(b, a), minus(c, a));
        let length = vector::length(normal);
        normal.map(|n| if length > 0.0 { (n / length) as f32 } else { 0.0 })
    }
}

#[cfg(test)]
mod tests;
#[cfg(test)]
mod tests_tools;
