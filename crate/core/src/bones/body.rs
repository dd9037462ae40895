//! The patient, without the table.

use super::{
    quiet::{Quiet, Scratch},
    window::{Sums, Window},
};
use crate::{
    Error, Grid, Mask, Neighbourhood, Progress,
    components::Components,
    morphology::{fill_holes_axial, open, radius},
    progress::{Part as Span, checkpoint},
    threshold::threshold,
};

/// Fat and everything denser.
const BODY_HU: i16 = -300;
/// What a ball of this radius does not fit into is no patient: table shells, cables, blankets.
const OPEN_MM: f64 = 4.0;
/// Parts of a hundredth of the largest stay: two legs, arms beside the trunk.
const MIN_SHARE_PERCENT: usize = 1;

/// Everything inside the skin, slice by slice.
///
/// # Errors
/// [`Error::OutOfMemory`], [`Error::Stopped`].
pub(super) fn body(hu: &[i16], grid: &Grid, progress: &mut dyn Progress) -> Result<Mask, Error> {
    let dense = threshold(hu, grid, BODY_HU, i16::MAX, &mut Span::new(progress, 0.0, 0.1))?;
    let [x_mm, y_mm, _] = grid.spacing_mm();
    // On coarse voxels 4 mm is one voxel; never more than ten, which costs time and gains nothing.
    let ball = radius::ball(OPEN_MM.min(10.0 * x_mm.min(y_mm)), grid)?;
    let opened = open(&dense, &ball, &mut Span::new(progress, 0.1, 0.7))?;
    drop(dense);
    let mut span = Span::new(progress, 0.7, 0.75);
    let parts = Components::of_with(&opened, Neighbourhood::Faces6, &mut span)?;
    let largest = parts.largest().map_or(0, |id| parts.sizes()[id]);
    let enough = largest / 100 * MIN_SHARE_PERCENT;
    let patient = parts.select(|id| parts.sizes()[id] >= enough)?;
    drop((opened, parts));
    fill_holes_axial(&patient, usize::MAX, &mut Span::new(progress, 0.75, 1.0))
}

/// Slices looked at to measure noise.
const NOISE_SLICES: usize = 16;
/// Noise beyond this many HU is not told apart.
const MAX_NOISE_HU: usize = 200;

/// The noise in half HU: the most frequent spread (standard deviation within a window) of soft
/// tissue, which is smooth by itself.
///
/// 0 when there is no soft tissue. Reports stage `"measure noise"`.
///
/// # Errors
/// [`Error::Stopped`].
pub(super) fn noise_half_hu(
    quiet: &Quiet<'_>,
    body: &Mask,
    reach: usize,
    progress: &mut dyn Progress,
) -> Result<i64, Error> {
    let [nx, ny, nz] = quiet.size_voxel();
    let mut bins = vec![0_u64; 2 * MAX_NOISE_HU + 2];
    let mut scratch = Scratch::default();
    let mut window = Window::new(reach, nx);
    for z in (0..nz).step_by(nz.div_ceil(NOISE_SLICES).max(1)) {
        checkpoint(progress, "measure noise", z as f64 / nz as f64)?;
        if body.slice(z).iter().all(|word| *word == 0) {
            continue;
        }
        let slice = quiet.slice(z, &mut scratch);
        window.start(&slice);
        for y in 0..ny {
            // Every fourth row says as much as all of them.
            if y % 4 == 0 {
                for (index, word) in body.row(y, z).iter().enumerate() {
                    let mut bits = *word;
                    while bits != 0 {
                        let x = index * 64 + bits.trailing_zeros() as usize;
                        count_spread(window.at(x), &mut bins);
                        bits &= bits - 1;
                    }
                }
            }
            window.step(&slice, y);
        }
    }
    // Three bins at a time: a mode that does not hang on single counts.
    let smooth = bins.windows(3).map(|three| three.iter().sum::<u64>());
    let (mode, count) = smooth
        .enumerate()
        .fold((0, 0), |best, (bin, count)| if count > best.1 { (bin, count) } else { best });
    Ok(if count == 0 { 0 } else { mode as i64 + 1 })
}

fn count_spread(sums: Sums, bins: &mut [u64]) {
    let mean = sums.mean_times_n();
    if mean > 0 && mean < 100 * sums.n {
        let spread = (4 * sums.variance_times_n2()).max(0).isqrt() / sums.n;
        if let Some(bin) = bins.get_mut(spread as usize) {
            *bin += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_goes_and_the_lungs_stay() {
        let grid = Grid::from_spacing([60, 60, 3], [2.0; 3]).unwrap();
        let hu: Vec<i16> = (0..60 * 60 * 3_usize)
            .map(|i| {
                let (x, y) = (i % 60, i / 60 % 60);
                match () {
                    () if (20..30).contains(&x) && (25..35).contains(&y) => -800,
                    () if (10..50).contains(&x) && (15..50).contains(&y) => 40,
                    () if y == 8 => 0,
                    () => -1000,
                }
            })
            .collect();
        let body = body(&hu, &grid, &mut ()).unwrap();
        assert!(body.get(25, 30, 1) && body.get(12, 30, 1));
        assert!(!body.get(30, 8, 1));
        // Opening rounds off the corners, and nothing else.
        let (pixels, corners) = (40 * 35, 4 * 6);
        assert!((pixels - corners..=pixels).contains(&(body.count() / 3)), "{}", body.draw());
    }

    #[test]
    fn noise_is_measured_where_tissue_is_soft() {
        let grid = Grid::from_spacing([64, 64, 4], [0.7, 0.7, 2.5]).unwrap();
        let mut state = 1_u64;
        let hu: Vec<i16> = (0..64 * 64 * 4)
            .map(|_| {
                state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
                // Uniform in 20 .. 80: a standard deviation of 17.6.
                20 + ((state >> 33) % 61) as i16
            })
            .collect();
        let body = body(&hu, &grid, &mut ()).unwrap();
        let noise = noise_half_hu(&Quiet::new(&hu, &grid, 0), &body, 2, &mut ()).unwrap();
        assert!((31..=38).contains(&noise), "{noise} half HU");
        let after = noise_half_hu(&Quiet::new(&hu, &grid, 1), &body, 2, &mut ()).unwrap();
        assert!(after < noise * 6 / 10, "{after} half HU");
    }
}
