//! The spinal canal: enclosed by bone like marrow, but no bone.
//!
//! Slice by slice the vertebral arch closes around the canal, and filling takes it for marrow. Seen
//! along the spine it differs: between two arches it opens, so the filled piece ends against
//! unfilled tissue over its whole width, above and below, where marrow ends against bone.

use super::{
    quiet::{Quiet, Scratch},
    window::Window,
};
use crate::{
    Error, Grid, Mask, Neighbourhood, Progress,
    components::Components,
    error::try_vec,
    morphology::{Beyond, dilate, erode, radius},
    par,
    progress::{Part as Span, checkpoint},
};

/// What people read meanwhile.
const STAGE: &str = "spare the spinal canal";
/// Slices of every thread between two reports.
const SLICES_PER_STEP: usize = 8;
/// Cord, fluid and fat: window means between these.
const SOFT_HU: std::ops::Range<i64> = -50..100;
/// The canal is wider than twice this; the gaps through which it reaches marrow are narrower.
const NECK_MM: f64 = 3.0;
/// Its wall, partly bone and partly canal, lies within this of the soft part.
const WALL_MM: f64 = 2.0;
/// A piece of canal has at least this.
const MIN_ML: f64 = 0.2;
/// The canal is open at both ends over its whole width: open end faces, in mean cross-sections.
/// Marrow reaches 1.5 where a slice of its cortex is too thin to close; canal 1.7 to 2.3.
const OPEN_BOTH: f64 = 1.6;
/// The same where one end is beyond the scan.
const OPEN_ONE: f64 = 0.6;
/// On coarser pixels the canal is too few pixels wide to be told from marrow, and trying does harm.
const MAX_PIXEL_MM: f64 = 1.75;
/// The canal lies near the middle of the body, from left to right …
const MIDLINE_MM: f64 = 40.0;
/// … and not in front of it.
const FRONT_MM: f64 = 20.0;

/// The canal within `filled`, which is bone and what it encloses; `bone` itself stays.
///
/// Reports stage `"spare the spinal canal"`.
///
/// # Errors
/// [`Error::OutOfMemory`], [`Error::Stopped`].
pub(super) fn canal(
    quiet: &Quiet<'_>,
    grid: &Grid,
    body: &Body,
    bone: &Mask,
    filled: &Mask,
    reach: usize,
    progress: &mut dyn Progress,
) -> Result<Mask, Error> {
    let [x_mm, y_mm, _] = grid.spacing_mm();
    if (x_mm * y_mm).sqrt() > MAX_PIXEL_MM {
        return Mask::empty(filled.size_voxel());
    }
    let mut holes = filled.try_clone()?;
    holes.subtract(bone)?;
    checkpoint(progress, STAGE, 0.0)?;
    let soft = soft_part(quiet, &holes, reach, &mut Span::new(progress, 0.0, 0.3))?;
    let neck = radius::axial(NECK_MM.max(1.001 * x_mm.max(y_mm)), grid)?;
    let mut span = Span::new(progress, 0.3, 0.45);
    let wide = erode(&soft, &neck, Beyond::Outside, &mut Silent(&mut span))?;
    let mut span = Span::new(progress, 0.45, 0.6);
    let mut wide = dilate(&wide, &neck, &mut Silent(&mut span))?;
    wide.intersect_with(&soft)?;
    drop(soft);
    let mut span = Span::new(progress, 0.6, 0.7);
    let pieces = Components::of_with(&wide, Neighbourhood::Faces6, &mut Silent(&mut span))?;
    let open = open_faces(&pieces, filled)?;
    let table = pieces.table()?;
    let nz = filled.size_voxel()[2];
    let is_canal: Vec<bool> = table
        .iter()
        .zip(&open)
        .map(|(piece, open)| {
            let (low, high) = (piece.min_voxel[2], piece.max_voxel[2]);
            let cross_section = piece.voxels as f64 / (high - low + 1) as f64;
            let wanted = match (low == 0, high + 1 == nz) {
                (false, false) => OPEN_BOTH,
                (true, true) => f64::INFINITY,
                _ => OPEN_ONE,
            };
            grid.volume_ml(piece.voxels) >= MIN_ML
                && *open as f64 >= wanted * cross_section
                && body.in_the_middle(piece.centroid_voxel, grid)
        })
        .collect();
    drop(wide);
    let chosen = pieces.select(|id| is_canal.get(id) == Some(&true))?;
    let wall = radius::axial(WALL_MM.max(1.001 * x_mm.max(y_mm)), grid)?;
    let mut canal = dilate(&chosen, &wall, &mut Silent(&mut Span::new(progress, 0.7, 1.0)))?;
    canal.intersect_with(&holes)?;
    Ok(canal)
}

/// Shows one stage instead of those of single steps.
struct Silent<'a>(&'a mut dyn Progress);

impl Progress for Silent<'_> {
    fn report(&mut self, _: &'static str, fraction: f64) -> crate::Flow {
        self.0.report(STAGE, fraction)
    }
}

/// Where the body lies, slice by slice.
#[derive(Debug)]
pub(super) struct Body {
    /// The mean x and y of the body in each slice.
    middle: Vec<[f64; 2]>,
}

impl Body {
    /// Measures the body's slices.
    ///
    /// # Errors
    /// [`Error::OutOfMemory`].
    pub(super) fn of(mask: &Mask) -> Result<Self, Error> {
        let [_, ny, nz] = mask.size_voxel();
        let mut middle = try_vec([0.0; 2], nz, "slice centres")?;
        for (z, middle) in middle.iter_mut().enumerate() {
            let (mut count, mut sum_x, mut sum_y) = (0_u64, 0_u64, 0_u64);
            for y in 0..ny {
                for (index, word) in mask.row(y, z).iter().enumerate() {
                    let bits = u64::from(word.count_ones());
                    count += bits;
                    sum_y += bits * y as u64;
                    sum_x += bits * index as u64 * 64 + sum_of_places(*word);
                }
            }
            let count = count.max(1) as f64;
            *middle = [sum_x as f64 / count, sum_y as f64 / count];
        }
        Ok(Self { middle })
    }

    /// Is the place near the middle, from left to right, and not in front of it?
    fn in_the_middle(&self, [x, y, z]: [f64; 3], grid: &Grid) -> bool {
        let [x_mm, y_mm, _] = grid.spacing_mm();
        self.middle.get(z as usize).is_some_and(|middle| {
            (x - middle[0]).abs() * x_mm <= MIDLINE_MM && (y - middle[1]) * y_mm <= FRONT_MM
        })
    }
}

/// The sum of the places (0 … 63) of a word's set bits.
fn sum_of_places(word: u64) -> u64 {
    /// Which places have bit k set.
    const WITH_BIT: [u64; 6] = [
        0xaaaa_aaaa_aaaa_aaaa,
        0xcccc_cccc_cccc_cccc,
        0xf0f0_f0f0_f0f0_f0f0,
        0xff00_ff00_ff00_ff00,
        0xffff_0000_ffff_0000,
        0xffff_ffff_0000_0000,
    ];
    WITH_BIT.iter().enumerate().map(|(k, with)| u64::from((word & with).count_ones()) << k).sum()
}

/// The voxels of `holes` whose window is soft tissue.
fn soft_part(
    quiet: &Quiet<'_>,
    holes: &Mask,
    reach: usize,
    progress: &mut dyn Progress,
) -> Result<Mask, Error> {
    let nz = holes.size_voxel()[2];
    let mut soft = Mask::empty(holes.size_voxel())?;
    let words = holes.words_per_slice();
    let slices_per_step = SLICES_PER_STEP * par::threads();
    for (step, soft) in soft.words_mut().chunks_mut(words * slices_per_step).enumerate() {
        let z0 = step * slices_per_step;
        checkpoint(progress, STAGE, z0 as f64 / nz as f64)?;
        find_soft(quiet, holes, reach, z0, soft);
    }
    Ok(soft)
}

/// Sets the bits of soft voxels in the slices from `z0` on.
fn find_soft(quiet: &Quiet<'_>, holes: &Mask, reach: usize, z0: usize, soft: &mut [u64]) {
    let [nx, ny, _] = holes.size_voxel();
    let slices = soft.chunks_mut(holes.words_per_slice());
    let start = || (Scratch::default(), Window::new(reach, nx));
    par::fold(slices, &start, &|(scratch, window), index, soft| {
        let z = z0 + index;
        let rows = (0..ny).filter(|y| holes.row(*y, z).iter().any(|word| *word != 0));
        let (Some(first), Some(last)) = (rows.clone().next(), rows.clone().next_back()) else {
            return;
        };
        let slice = quiet.slice(z, scratch);
        window.start_at(&slice, first);
        for y in first..=last {
            for (index, word) in holes.row(y, z).iter().enumerate() {
                let mut bits = *word;
                while bits != 0 {
                    let bit = bits.trailing_zeros();
                    let sums = window.at(index * 64 + bit as usize);
                    let mean = sums.mean_times_n();
                    let is_soft = mean > SOFT_HU.start * sums.n && mean < SOFT_HU.end * sums.n;
                    if let Some(soft) = soft.get_mut(y * holes.words_per_row() + index) {
                        *soft |= u64::from(is_soft) << bit;
                    }
                    bits &= bits - 1;
                }
            }
            window.step(&slice, y);
        }
    });
}

/// Counts the faces, up and down, with which every piece meets what is not filled.
fn open_faces(pieces: &Components, filled: &Mask) -> Result<Vec<u64>, Error> {
    let nz = filled.size_voxel()[2];
    let mut faces = try_vec(0_u64, pieces.count(), "pieces of canal")?;
    pieces.for_each_run(|id, y, z, start, end| {
        let Some(faces) = faces.get_mut(id) else { return };
        for near in [z.checked_sub(1), Some(z + 1).filter(|z| *z < nz)].into_iter().flatten() {
            for word in start / 64..end.div_ceil(64) {
                let from = start.max(word * 64) - word * 64;
                let to = end.min((word + 1) * 64) - word * 64;
                let span = u64::MAX << from & u64::MAX >> (64 - to);
                let closed = filled.row(y, near).get(word).copied().unwrap_or(0);
                *faces += u64::from((span & !closed).count_ones());
            }
        }
    });
    Ok(faces)
}
