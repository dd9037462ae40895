//! What is measured of lungs: gas, tissue, aeration, emphysema.
//!
//! Lung is taken as a mixture of gas (−1000 HU) and tissue (0 HU, 1 g/ml), so HU are shares of the
//! two. Conventions, their sources and their limits stand in `docs/MEASURES.md`.

mod aeration;
mod notes;
mod thirds;

pub use notes::contrast_note;
use serde::Serialize;
use thirds::Heights;

use super::{
    norms::{NORMS, Norm},
    table::{Counter, Row},
};
use crate::{Error, Mask, Note, Progress, Volume, progress::checkpoint};

/// One region of the lungs. Shares are of its voxels that are not padding, 0 to 100.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct LungRow {
    /// Its general numbers; the name is "lungs", "left lung", "right lung", "left apical", ….
    #[serde(flatten)]
    pub row: Row,
    /// Gas: −HU/1000 of each voxel's volume, 0 above 0 HU, all of it below −1000.
    pub gas_ml: Option<f64>,
    /// Tissue by density = (HU + 1000)/1000 g/ml, HU within [−1000, 0].
    pub tissue_g: Option<f64>,
    /// Tissue and gas by the piecewise curve of Schneider as the Chest Imaging Platform has it.
    pub schneider_g: Option<f64>,
    /// Below −900 HU.
    pub over_aerated_percent: Option<f64>,
    /// −900 to below −500 HU.
    pub normally_aerated_percent: Option<f64>,
    /// −500 to below −100 HU.
    pub poorly_aerated_percent: Option<f64>,
    /// −100 to +100 HU. What is above, contrast in vessels and calcium, is in none of the four.
    pub non_aerated_percent: Option<f64>,
    /// Of the tissue's weight rather than of the volume, in the same order.
    pub aeration_weight_percent: Option<[f64; 4]>,
    /// Below −950 HU.
    pub laa950_percent: Option<f64>,
    /// Below −910 HU.
    pub laa910_percent: Option<f64>,
    /// Below −856 HU.
    pub laa856_percent: Option<f64>,
}

/// The numbers of a pair of lungs.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct LungMeasures {
    /// Both, left, right, then each lung's apical, middle and basal third by height.
    pub rows: Vec<LungRow>,
    /// Of both lungs' volume, the left one's, 0 to 1.
    pub left_share: Option<f64>,
    /// What others found in normal lungs.
    pub norms: Vec<Norm>,
    /// What was left out, and the caveats that belong beside the numbers.
    pub notes: Vec<Note>,
}

/// Measures lungs. `left` and `right` should hold no airways ([`crate::lungs::Airways`]).
///
/// The thirds are thirds of each lung's own height along the patient's axis, measured from the lower
/// edge of its lowest voxel to the upper edge of its highest.
///
/// Reports stage `"measuring"`. Memory: two bits a voxel, a few megabytes.
///
/// # Errors
/// [`Error::SizeMismatch`], [`Error::OutOfMemory`], [`Error::Stopped`].
pub fn measure_lungs(
    volume: &Volume,
    left: &Mask,
    right: &Mask,
    progress: &mut dyn Progress,
) -> Result<LungMeasures, Error> {
    let mut work = Work { counter: Counter::new(volume), progress, rows: Vec::new() };
    let mut both = left.try_clone()?;
    both.union_with(right)?;
    work.measure("lungs", &both)?;
    drop(both);
    work.measure("left lung", left)?;
    work.measure("right lung", right)?;
    for (lung, names) in [(left, LEFT_THIRDS), (right, RIGHT_THIRDS)] {
        let heights = Heights::of(lung, volume.grid());
        for (third, name) in names.iter().enumerate() {
            work.measure(name, &heights.third(lung, 2 - third)?)?;
        }
    }
    let rows = work.rows;
    let [both, left] = [0, 1].map(|k| rows.get(k).map_or(0.0, |row| row.row.volume_ml));
    let left_share = (both > 0.0).then(|| left / both);
    let notes = notes::notes(&rows, volume.grid());
    Ok(LungMeasures { rows, left_share, norms: NORMS.to_vec(), notes })
}

const LEFT_THIRDS: [&str; 3] = ["left apical", "left middle", "left basal"];
const RIGHT_THIRDS: [&str; 3] = ["right apical", "right middle", "right basal"];
/// Rows of a pair of lungs.
const ROWS: usize = 9;

struct Work<'a> {
    counter: Counter<'a>,
    progress: &'a mut dyn Progress,
    rows: Vec<LungRow>,
}

impl Work<'_> {
    fn measure(&mut self, name: &str, mask: &Mask) -> Result<(), Error> {
        checkpoint(self.progress, "measuring", self.rows.len() as f64 / ROWS as f64)?;
        let counted = self.counter.count(mask)?;
        let row = counted.row(name)?;
        self.rows.push(LungRow::of(row, &counted.values()));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Grid, Voxels};

    fn volume(size: [usize; 3], hu: impl Fn(usize, usize, usize) -> i16) -> Volume {
        let [nx, ny, nz] = size;
        let voxels = (0..nx * ny * nz).map(|i| hu(i % nx, i / nx % ny, i / nx / ny)).collect();
        let grid = Grid::from_spacing(size, [10.0; 3]).unwrap();
        Volume::new(grid, Voxels::I16(voxels)).unwrap()
    }

    fn box_from(size: [usize; 3], x: std::ops::Range<usize>, z: std::ops::Range<usize>) -> Mask {
        Mask::from_fn(size, |at, _, height| x.contains(&at) && z.contains(&height)).unwrap()
    }

    #[test]
    fn gas_and_tissue_make_up_the_volume() {
        // A voxel is 1 ml.
        let hu = [-1020, -1000, -900, -500, -100, 0, 100, 101];
        let scan = volume([8, 1, 1], |x, _, _| hu[x]);
        let all = Mask::drawn("########");
        let found = measure_lungs(&scan, &all, &Mask::drawn("........"), &mut ()).unwrap();
        let both = &found.rows[0];
        let is = |found: Option<f64>, expected: f64| {
            let found = found.unwrap();
            assert!((found - expected).abs() < 1e-9, "{found} for {expected}");
        };
        is(both.gas_ml, 1.0 + 1.0 + 0.9 + 0.5 + 0.1);
        is(both.tissue_g, 0.1 + 0.5 + 0.9 + 1.0 + 1.0 + 1.0);
        is(both.over_aerated_percent, 25.0);
        is(both.normally_aerated_percent, 12.5);
        is(both.poorly_aerated_percent, 12.5);
        is(both.non_aerated_percent, 37.5);
        let [over, normally, poorly, non] = both.aeration_weight_percent.unwrap();
        is(Some(over), 0.0);
        is(Some(normally), 100.0 * 0.1 / 4.5);
        is(Some(poorly), 100.0 * 0.5 / 4.5);
        is(Some(non), 100.0 * 2.9 / 4.5);
        is(both.laa950_percent, 25.0);
        is(both.laa910_percent, 25.0);
        is(both.laa856_percent, 37.5);
        let slope = (0.93 - 1.21e-3) / 902.0;
        let below: f64 = [0.0, 0.0, 100.0, 500.0].iter().map(|up| 1.21e-3 + up * slope).sum();
        let last = (1.21e-3 + 900.0 * slope) + 1.018 + (1.003 + 0.1169) + (1.017 + 0.592 * 0.101);
        is(both.schneider_g, below + last);
        assert_eq!(found.left_share, Some(1.0));
        assert!(found.notes.iter().any(|note| note.code == "one_lung"));
    }

    #[test]
    fn thirds_are_of_each_lungs_own_height() {
        let size = [8, 2, 12];
        let scan = volume(size, |_, _, z| -900 + 10 * z as i16);
        // The left lung is 6 slices high, the right one 9.
        let (left, right) = (box_from(size, 4..8, 2..8), box_from(size, 0..4, 1..10));
        let rows = measure_lungs(&scan, &left, &right, &mut ()).unwrap().rows;
        let names: Vec<_> = rows.iter().map(|row| row.row.name.as_str()).collect();
        assert_eq!(names[..4], ["lungs", "left lung", "right lung", "left apical"]);
        assert_eq!(
            names[4..],
            ["left middle", "left basal", "right apical", "right middle", "right basal"]
        );
        let voxels: Vec<_> = rows.iter().map(|row| row.row.voxels).collect();
        assert_eq!(voxels, [120, 48, 72, 16, 16, 16, 24, 24, 24]);
        let box_of = |k: usize| rows[k].row.box_voxel.clone().unwrap();
        assert_eq!((box_of(3).min[2], box_of(3).max[2]), (6, 7), "apical is superior");
        assert_eq!((box_of(8).min[2], box_of(8).max[2]), (1, 3));
        // Denser toward the apex, as drawn.
        assert!(rows[3].row.mean_hu > rows[5].row.mean_hu);
    }

    #[test]
    fn no_lungs_have_no_numbers_and_a_note() {
        let scan = volume([4, 1, 1], |_, _, _| -800);
        let none = Mask::drawn("....");
        let found = measure_lungs(&scan, &none, &none, &mut ()).unwrap();
        assert_eq!((found.rows.len(), found.left_share), (ROWS, None));
        assert!(found.rows.iter().all(|row| row.gas_ml.is_none() && row.row.volume_ml == 0.0));
        assert_eq!(found.notes[0].code, "no_lungs");
    }

    #[test]
    fn padding_is_in_no_share() {
        let scan = volume([4, 1, 1], |x, _, _| if x < 2 { -2000 } else { -960 });
        let found = measure_lungs(&scan, &Mask::drawn("##.."), &Mask::drawn("..##"), &mut ());
        let found = found.unwrap();
        assert_eq!(found.rows[0].laa950_percent, Some(100.0));
        assert_eq!((found.rows[1].gas_ml, found.rows[1].aeration_weight_percent), (None, None));
        assert_eq!((found.left_share, found.rows[0].row.padding_voxels), (Some(0.5), 2));
        assert!(found.notes.iter().any(|note| note.message.starts_with("2 voxels of lung")));
    }
}
