//! Inside the patient: without the table, clothes, the room, and what lies beyond the field of view.

use super::{coarse::Rows, ones};
use crate::{
    Error, Grid, Mask, Neighbourhood, Progress,
    components::Components,
    error::try_vec,
    morphology::{open, radius},
    progress::{Part as Span, checkpoint},
    threshold::threshold,
};

/// What a disc of this radius does not fit into is no patient: table shells, cables, blankets.
const OPEN_MM: f64 = 3.0;
/// Parts of a tenth of the largest stay: a narrow field of view cuts the chest wall in pieces.
const MIN_SHARE: usize = 10;
/// Air that the field of view cuts is outside the patient when its cut is darker than this …
const ROOM_HU: i32 = -930;
/// … or when more than this much of its rim is cut.
const MAX_CUT_PERCENT: usize = 40;
/// What is thinner than this many pixels along the edge of the field of view is no lung.
const MIN_THICKNESS: usize = 2;

/// Everything within the skin, lungs included.
///
/// `dense` is everything above −300 HU, `padding` what lies beyond the field of view.
///
/// # Errors
/// [`Error::OutOfMemory`], [`Error::Stopped`].
pub(super) fn body(
    hu: &[i16],
    grid: &Grid,
    dense: &Mask,
    padding: &Mask,
    progress: &mut dyn Progress,
) -> Result<Mask, Error> {
    // The skin is centimetres away from the lungs: no sharp edge is needed.
    let rows = Rows::of(grid);
    let (dense, padding) = (rows.take(dense)?, rows.take(padding)?);
    let disc = radius::axial(OPEN_MM, &rows.grid(grid)?)?;
    let opened = open(&dense, &disc, &mut Span::new(progress, 0.0, 0.5))?;
    drop(dense);
    let mut span = Span::new(progress, 0.5, 0.6);
    let parts = Components::of_with(&opened, Neighbourhood::Faces6, &mut span)?;
    let largest = parts.largest().map_or(0, |id| parts.sizes()[id]);
    // Background: neither patient nor padding.
    let mut back = parts.select(|id| parts.sizes()[id] * MIN_SHARE >= largest)?;
    drop((opened, parts));
    back.union_with(&padding)?;
    back.invert();
    let mut span = Span::new(progress, 0.6, 0.7);
    let spaces = Components::of_with(&back, Neighbourhood::Plane4, &mut span)?;
    checkpoint(progress, "find the body", 0.7)?;
    let pixels = Pixels { hu, nx: grid.size_voxel()[0], ny: grid.size_voxel()[1], step: rows.step };
    let outside = outside(&pixels, &back, &padding, &spaces)?;
    let mut inside = spaces.select(|id| outside[id])?;
    inside.union_with(&padding)?;
    inside.invert();
    rows.spread(&inside)
}

/// The scan's values in the rows that are looked at.
struct Pixels<'a> {
    hu: &'a [i16],
    nx: usize,
    ny: usize,
    step: usize,
}

impl Pixels<'_> {
    fn at(&self, [x, y, z]: [usize; 3]) -> i32 {
        let row = z * self.ny + y * self.step;
        self.hu.get(row * self.nx + x).map_or(0, |hu| i32::from(*hu))
    }
}

/// What lies beyond the field of view: values of −1500 HU and less (`dark`), and what has the
/// image's corners' value and reaches its sides, when that is one value and darker than −900 HU.
///
/// # Errors
/// [`Error::OutOfMemory`].
pub(super) fn padding(hu: &[i16], grid: &Grid, mut dark: Mask) -> Result<Mask, Error> {
    let [nx, ny, nz] = grid.size_voxel();
    let value = hu.first().copied().unwrap_or(0);
    let corner = CORNER.min(nx).min(ny);
    let is_corner = |z: &usize| {
        let mut beside = (0..corner).flat_map(|y| (0..corner).map(move |x| (x, y)));
        beside.all(|(x, y)| {
            let places = [(x, y), (nx - 1 - x, y), (x, ny - 1 - y), (nx - 1 - x, ny - 1 - y)];
            places.iter().all(|(x, y)| hu.get((z * ny + y) * nx + x) == Some(&value))
        })
    };
    let usual = value <= super::anatomy::PADDING_HU || value >= CORNER_BELOW_HU;
    if usual || ![0, nz / 2, nz - 1].iter().all(is_corner) {
        return Ok(dark);
    }
    let same = threshold(hu, grid, value, value, &mut ())?;
    let spaces = Components::of(&same, Neighbourhood::Plane4)?;
    let mut reaches = try_vec(false, spaces.count(), "spaces")?;
    spaces.for_each_run(|id, y, _, start, end| {
        reaches[id] |= start == 0 || end == nx || y == 0 || y + 1 == ny;
    });
    dark.union_with(&spaces.select(|id| reaches[id])?)?;
    Ok(dark)
}

/// The square in each corner that is looked at, in pixels.
const CORNER: usize = 4;
const CORNER_BELOW_HU: i16 = -900;

/// Voxels of `lungs` beside padding or the sides of the image.
pub(super) fn cut_voxels(lungs: &Mask, padding: &Mask) -> usize {
    let [_, ny, nz] = lungs.size_voxel();
    let mut edges = Edges::new(lungs, padding);
    let mut count = 0;
    for (y, z) in (0..nz).flat_map(|z| (0..ny).map(move |y| (y, z))) {
        if lungs.row(y, z).iter().any(|word| *word != 0) {
            edges.go_to(y, z);
            count += edges.cut.iter().map(|word| word.count_ones() as usize).sum::<usize>();
        }
    }
    count
}

/// What is counted of a space.
#[derive(Debug, Clone, Copy, Default)]
struct Counts {
    area: usize,
    /// Pixels with a neighbour that is not in the space.
    rim: usize,
    /// Those whose neighbour is padding, or beyond the image.
    cut: usize,
    /// Of these, some are looked at …
    seen: usize,
    /// … and are as dark as a room.
    dark: usize,
}

/// Which spaces are outside the patient.
fn outside(
    pixels: &Pixels<'_>,
    back: &Mask,
    padding: &Mask,
    spaces: &Components,
) -> Result<Vec<bool>, Error> {
    let mut counts = try_vec(Counts::default(), spaces.count(), "spaces")?;
    let ny = back.size_voxel()[1];
    let mut edges = Edges::new(back, padding);
    let mut at = usize::MAX;
    spaces.for_each_run(|id, y, z, start, end| {
        if at != z * ny + y {
            at = z * ny + y;
            edges.go_to(y, z);
        }
        let count = &mut counts[id];
        count.area += end - start;
        count.rim += ones(&edges.rim, start, end);
        let cut = ones(&edges.cut, start, end);
        if cut == 0 {
            return;
        }
        count.cut += cut;
        // A quarter of them says as much as all of them.
        for x in (start..end).filter(|x| (x + y) % 4 == 0) {
            if edges.cut[x / 64] >> (x % 64) & 1 == 1 {
                count.seen += 1;
                count.dark += usize::from(is_dark(pixels, padding, [x, y, z]));
            }
        }
    });
    Ok(counts.iter().map(is_room).collect())
}

/// Is it outside the patient, rather than enclosed, or lung that the field of view cuts?
fn is_room(count: &Counts) -> bool {
    let Counts { area, rim, cut, seen, dark } = *count;
    cut > 0 && (cut * 100 > rim * MAX_CUT_PERCENT || dark * 2 >= seen || area < rim * MIN_THICKNESS)
}

/// Is the mean of 3 × 3 pixels, padding left out, that of a room?
fn is_dark(pixels: &Pixels<'_>, padding: &Mask, [x, y, z]: [usize; 3]) -> bool {
    let [nx, ny, _] = padding.size_voxel();
    let (mut sum, mut n) = (0, 0);
    for y in y.saturating_sub(1)..(y + 2).min(ny) {
        for x in x.saturating_sub(1)..(x + 2).min(nx) {
            if !padding.get(x, y, z) {
                sum += pixels.at([x, y, z]);
                n += 1;
            }
        }
    }
    sum < ROOM_HU * n
}

/// Of one row: which pixels are at a rim, and which of them at the field of view's edge.
struct Edges<'a> {
    back: &'a Mask,
    padding: &'a Mask,
    rim: Vec<u64>,
    cut: Vec<u64>,
}

impl<'a> Edges<'a> {
    fn new(back: &'a Mask, padding: &'a Mask) -> Self {
        let words = back.words_per_row();
        Self { back, padding, rim: vec![0; words], cut: vec![0; words] }
    }

    fn go_to(&mut self, y: usize, z: usize) {
        let [nx, ny, _] = self.back.size_voxel();
        let beside = |mask: &'a Mask, up: bool| -> Option<&'a [u64]> {
            match up {
                true if y + 1 < ny => Some(mask.row(y + 1, z)),
                false if y > 0 => Some(mask.row(y - 1, z)),
                _ => None,
            }
        };
        let (back, pad) = (self.back.row(y, z), self.padding.row(y, z));
        let rows = |mask| [beside(mask, false), beside(mask, true)];
        let (backs, pads) = (rows(self.back), rows(self.padding));
        for index in 0..back.len() {
            let here = back[index];
            let at = |row: &[u64], k: usize| row.get(k).copied().unwrap_or(0);
            let sides = |row: &[u64]| {
                let before = if index > 0 { at(row, index - 1) } else { 0 };
                let word = at(row, index);
                [word << 1 | before >> 63, word >> 1 | at(row, index + 1) << 63]
            };
            let [left, right] = sides(back);
            let [low, high] = backs.map(|row| row.map_or(0, |row| at(row, index)));
            let [pad_left, pad_right] = sides(pad);
            let [pad_low, pad_high] = pads.map(|row| row.map_or(u64::MAX, |row| at(row, index)));
            let mut cut = pad_left | pad_right | pad_low | pad_high;
            if index == 0 {
                cut |= 1;
            }
            if index == (nx - 1) / 64 {
                cut |= 1 << ((nx - 1) % 64);
            }
            self.rim[index] = here & !(left & right & low & high);
            self.cut[index] = here & cut;
        }
    }
}
