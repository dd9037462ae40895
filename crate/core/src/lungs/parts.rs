//! Which parts of the air inside the body are lung.

use super::window::Window;
use crate::{
    Error, Grid, Mask, Neighbourhood, Progress,
    components::{Component, Components},
    error::try_with_capacity,
    morphology::{dilate, radius},
    order::largest_first,
    progress::{Part as Span, checkpoint},
};

/// Smaller parts are dropped. Not a share of the largest part: dense tissue cuts lungs in pieces.
const MIN_ML: f64 = 25.0;
/// On voxels so coarse that this is a handful of them, a part needs more.
const MIN_VOXELS: usize = 64;
/// More parts than this are no lungs.
const MOST: usize = 64;
/// A part as dark as this, on the whole, is gas without tissue in it.
const GAS_HU: i16 = -960;
/// A part below this share of the largest is looked at closely.
const MINOR_PERCENT: usize = 15;
/// It is gas when it is darker than the largest part by this and has a wall.
const DARKER_HU: i16 = 60;
/// It is stool or the like when the middle half of its values is spread over more than this.
const SPREAD_HU: i16 = 220;
/// A wall: tissue between these distances.
const WALL_MM: [f64; 2] = [3.5, 7.0];
const MIN_WALL_PERCENT: usize = 55;
const MAX_LUNG_PERCENT: usize = 35;

/// A part that was kept.
#[derive(Debug, Clone)]
pub(super) struct LungPart {
    pub(super) id: usize,
    pub(super) place: Component,
}

/// The parts of `air` that are lung, largest first, and the largest one's median.
#[derive(Debug)]
pub(super) struct Parts {
    pub(super) components: Components,
    pub(super) kept: Vec<LungPart>,
    pub(super) median_hu: i16,
}

/// Sorts the parts of `air`. Reports stages `"components"` and `"sort parts"`.
///
/// # Errors
/// [`Error::OutOfMemory`], [`Error::Stopped`].
pub(super) fn parts(
    hu: &[i16],
    grid: &Grid,
    air: &Mask,
    progress: &mut dyn Progress,
) -> Result<Parts, Error> {
    let mut span = Span::new(progress, 0.0, 0.5);
    let components = Components::of_with(air, Neighbourhood::Faces6, &mut span)?;
    checkpoint(progress, "sort parts", 0.5)?;
    let sizes = components.sizes();
    let least = ((MIN_ML / grid.volume_ml(1)).ceil() as usize).max(MIN_VOXELS);
    let mut ids = largest_first(sizes, least)?;
    ids.truncate(MOST);
    let mut kept: Vec<LungPart> = try_with_capacity(ids.len(), "parts")?;
    let mut median_hu = 0;
    if ids.is_empty() {
        return Ok(Parts { components, kept, median_hu });
    }
    let place_of = components.places_of(&ids)?;
    let table = components.table_of(ids.len(), &place_of)?;
    let values = Values::of(hu, grid, &components, &place_of, ids.len())?;
    let mut largest = 0;
    for (index, id) in ids.into_iter().enumerate() {
        let Some(median) = values.percentile(index, 50) else { continue };
        let minor = sizes[id] * 100 < largest * MINOR_PERCENT;
        let spread =
            values.percentile(index, 75).unwrap_or(0) - values.percentile(index, 25).unwrap_or(0);
        let darker = median < GAS_HU || median < median_hu.saturating_sub(DARKER_HU);
        let is_lung = match minor {
            false => median >= GAS_HU,
            true if spread > SPREAD_HU => false,
            true if darker => !has_wall(hu, grid, &components.select(|other| other == id)?)?,
            true => true,
        };
        if is_lung {
            if kept.is_empty() {
                (largest, median_hu) = (sizes[id], median);
            }
            kept.push(LungPart { id, place: table[index].clone() });
        }
    }
    Ok(Parts { components, kept, median_hu })
}

impl Parts {
    /// All that was kept.
    ///
    /// # Errors
    /// [`Error::OutOfMemory`].
    pub(super) fn mask(&self) -> Result<Mask, Error> {
        self.components.select(|id| self.kept.iter().any(|part| part.id == id))
    }
}

/// Histograms of parts, without the voxels at the ends of their runs, which share their values
/// with what is beside them.
struct Values {
    bins: Vec<[u32; BINS]>,
}

const BINS: usize = 256;
/// HU of the first bin, and HU in one.
const FIRST_HU: i16 = -1024;
const HU_PER_BIN: i16 = 4;

impl Values {
    fn of(
        hu: &[i16],
        grid: &Grid,
        parts: &Components,
        place_of: &[usize],
        count: usize,
    ) -> Result<Self, Error> {
        let [nx, ny, _] = grid.size_voxel();
        let mut bins = crate::error::try_vec([0; BINS], count, "histograms of parts")?;
        // A few hundred thousand voxels say as much as millions.
        let step = 1 + parts.sizes().iter().sum::<usize>() / 1_000_000;
        parts.for_each_run(|id, y, z, start, end| {
            let row = (z * ny + y) * nx;
            if let Some(bins) = bins.get_mut(place_of[id])
                && (z * ny + y) % step == 0
                && end - start > 2
            {
                for hu in hu.get(row + start + 1..row + end - 1).unwrap_or(&[]) {
                    let bin = (hu.saturating_sub(FIRST_HU) / HU_PER_BIN).clamp(0, BINS as i16 - 1);
                    bins[bin as usize] += 1;
                }
            }
        });
        Ok(Self { bins })
    }

    fn percentile(&self, index: usize, percent: u64) -> Option<i16> {
        let bins = self.bins.get(index)?;
        let total: u64 = bins.iter().map(|n| u64::from(*n)).sum();
        let mut below = 0;
        let bin = bins.iter().position(|n| {
            below += u64::from(*n);
            below * 100 > total * percent
        })?;
        Some(FIRST_HU + bin as i16 * HU_PER_BIN + HU_PER_BIN / 2)
    }
}

/// Gas has a wall; a bulla lies in lung. Looks at what is a few millimetres around the part.
///
/// # Errors
/// [`Error::OutOfMemory`].
pub(super) fn has_wall(hu: &[i16], grid: &Grid, part: &Mask) -> Result<bool, Error> {
    let [nx, ny, _] = grid.size_voxel();
    let [from_mm, to_mm] = WALL_MM.map(|mm| radius::capped(mm, grid));
    let Some(window) = Window::around(part, to_mm, grid) else { return Ok(false) };
    let part = window.cut(part)?;
    let mut ring = dilate(&part, &radius::ball(to_mm, grid)?, &mut ())?;
    ring.subtract(&dilate(&part, &radius::ball(from_mm, grid)?, &mut ())?)?;
    let (mut all, mut tissue, mut lung) = (0, 0, 0);
    for z in 0..window.size_voxel[2] {
        for y in 0..window.size_voxel[1] {
            let row = ((window.z + z) * ny + window.y + y) * nx + window.word * 64;
            for (index, word) in ring.row(y, z).iter().enumerate() {
                let mut bits = *word;
                while bits != 0 {
                    let at = row + index * 64 + bits.trailing_zeros() as usize;
                    bits &= bits - 1;
                    let hu = hu.get(at).copied().unwrap_or(0);
                    all += 1;
                    tissue += usize::from(hu > -300);
                    lung += usize::from((-930..=-500).contains(&hu));
                }
            }
        }
    }
    Ok(tissue * 100 > all * MIN_WALL_PERCENT && lung * 100 < all * MAX_LUNG_PERCENT)
}
