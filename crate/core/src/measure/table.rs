//! One row of numbers for each label. What each number is stands in `docs/MEASURES.md`.

use serde::Serialize;

use super::{BoxVoxel, statistics::Statistics, surface::Lines};
use crate::{
    Error, Grid, Mask, Progress, Volume, Voxels,
    progress::checkpoint,
    tally::{Tally, Values},
};

/// A mask and what it is called.
#[derive(Debug, Clone, Copy)]
pub struct Named<'a> {
    /// As it stands in the table.
    pub name: &'a str,
    /// On the scan's grid.
    pub mask: &'a Mask,
}

/// What is known of one label. HU are of its voxels that are not padding (−1024 and above, and a
/// number); `None` without such. Of a scan that is in no HU they are the scan's values: nothing is
/// rounded.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Row {
    /// The label's name.
    pub name: String,
    /// Voxels inside.
    pub voxels: usize,
    /// Of these, padding: counted in voxels and volume, left out of all HU.
    pub padding_voxels: usize,
    /// Their volume.
    pub volume_ml: f64,
    /// The area of the border, by Crofton's formula in thirteen directions. What the grid's end cuts
    /// is closed there.
    pub surface_mm2: f64,
    /// Lowest and highest voxel inside.
    pub box_voxel: Option<BoxVoxel>,
    /// The mean position in RAS millimetres.
    pub centroid_ras_mm: Option<[f64; 3]>,
    /// Mean.
    pub mean_hu: Option<f64>,
    /// Standard deviation (divided by n).
    pub sd_hu: Option<f64>,
    /// Lowest.
    pub min_hu: Option<f64>,
    /// 5th percentile, linear between ranks.
    pub p5_hu: Option<f64>,
    /// 15th percentile.
    pub p15_hu: Option<f64>,
    /// Median.
    pub median_hu: Option<f64>,
    /// 95th percentile.
    pub p95_hu: Option<f64>,
    /// Highest.
    pub max_hu: Option<f64>,
}

/// A row for each label, and with more than one a last row `"all"` for their union.
///
/// ```
/// use hounsfield::{Grid, Mask, Volume, Voxels, measure::table::{Named, table}};
/// let grid = Grid::from_spacing([4, 1, 1], [2.0, 1.0, 1.0])?;
/// let volume = Volume::new(grid, Voxels::I16(vec![-2000, 10, 20, 60]))?;
/// let [a, b] = [Mask::drawn("##.."), Mask::drawn(".###")];
/// let labels = [Named { name: "a", mask: &a }, Named { name: "b", mask: &b }];
/// let rows = table(&volume, &labels, &mut ())?;
/// assert_eq!((rows[0].voxels, rows[0].padding_voxels, rows[0].mean_hu), (2, 1, Some(10.0)));
/// assert_eq!((rows[1].volume_ml, rows[1].median_hu), (0.006, Some(20.0)));
/// assert_eq!((rows[2].name.as_str(), rows[2].voxels), ("all", 4));
/// # Ok::<(), hounsfield::Error>(())
/// ```
///
/// Reports stage `"measuring"`. Memory: a bit a voxel, a few megabytes.
///
/// # Errors
/// [`Error::SizeMismatch`], [`Error::OutOfMemory`], [`Error::Stopped`].
pub fn table(
    volume: &Volume,
    labels: &[Named<'_>],
    progress: &mut dyn Progress,
) -> Result<Vec<Row>, Error> {
    let counter = Counter::new(volume);
    let mut rows = Vec::new();
    let mut union: Option<Mask> = None;
    for (k, Named { name, mask }) in labels.iter().enumerate() {
        checkpoint(progress, "measuring", k as f64 / (labels.len() + 1) as f64)?;
        rows.push(counter.count(mask)?.row(name)?);
        match &mut union {
            Some(union) => union.union_with(mask)?,
            None => union = Some(mask.try_clone()?),
        }
    }
    if let (Some(union), 2..) = (&union, labels.len()) {
        checkpoint(progress, "measuring", labels.len() as f64 / (labels.len() + 1) as f64)?;
        rows.push(counter.count(union)?.row("all")?);
    }
    Ok(rows)
}

/// Counts masks of one scan.
pub(super) struct Counter<'a> {
    volume: &'a Volume,
    lines: Lines,
}

/// A mask, counted.
pub(super) struct Counted<'a> {
    counter: &'a Counter<'a>,
    mask: &'a Mask,
    tally: Tally,
}

impl<'a> Counter<'a> {
    pub(super) fn new(volume: &'a Volume) -> Self {
        Self { volume, lines: Lines::of(volume.grid()) }
    }

    pub(super) fn count(&'a self, mask: &'a Mask) -> Result<Counted<'a>, Error> {
        check_size(mask, self.volume.grid())?;
        let hu = match self.volume.voxels() {
            Voxels::I16(hu) => Some(hu.as_slice()),
            Voxels::F32(_) => None,
        };
        let tally = Tally::of(mask, hu, &self.lines.steps)?;
        Ok(Counted { counter: self, mask, tally })
    }
}

impl Counted<'_> {
    pub(super) fn values(&self) -> Values<'_> {
        Values::of(self.counter.volume, self.mask, self.tally.counts.as_ref())
    }

    pub(super) fn row(&self, name: &str) -> Result<Row, Error> {
        let Self { counter, tally, .. } = self;
        let grid = counter.volume.grid();
        let found = Statistics::of(&self.values())?;
        let measured = found.as_ref().map_or(0, |found| found.count);
        let of = |number: fn(&Statistics) -> f64| found.as_ref().map(number);
        Ok(Row {
            name: name.into(),
            voxels: tally.voxels as usize,
            padding_voxels: tally.voxels.saturating_sub(measured) as usize,
            volume_ml: grid.volume_ml(tally.voxels as usize),
            surface_mm2: counter.lines.area_mm2(tally),
            box_voxel: BoxVoxel::of(tally),
            centroid_ras_mm: centroid_ras_mm(tally, grid),
            mean_hu: of(|found| found.mean),
            sd_hu: of(|found| found.sd),
            min_hu: of(|found| found.min),
            p5_hu: of(|found| found.percentiles[0]),
            p15_hu: of(|found| found.percentiles[1]),
            median_hu: of(|found| found.percentiles[2]),
            p95_hu: of(|found| found.percentiles[3]),
            max_hu: of(|found| found.max),
        })
    }
}

impl BoxVoxel {
    pub(super) fn of(tally: &Tally) -> Option<Self> {
        (tally.voxels > 0).then_some(Self { min: tally.min, max: tally.max })
    }
}

pub(super) fn centroid_ras_mm(tally: &Tally, grid: &Grid) -> Option<[f64; 3]> {
    let mean = |sum: u64| sum as f64 / tally.voxels as f64;
    (tally.voxels > 0).then(|| grid.ras_of(tally.position.map(mean)))
}

/// Refuses a mask on another grid.
pub(crate) fn check_size(mask: &Mask, grid: &Grid) -> Result<(), Error> {
    if mask.size_voxel() == grid.size_voxel() {
        return Ok(());
    }
    Err(Error::SizeMismatch {
        what: "the mask",
        found: mask.size_voxel(),
        expected: grid.size_voxel(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(voxels: Voxels, masks: &[Mask]) -> Vec<Row> {
        let grid = Grid::from_spacing(masks[0].size_voxel(), [1.0, 2.0, 3.0]).unwrap();
        let volume = Volume::new(grid, voxels).unwrap();
        let labels: Vec<_> = masks.iter().map(|mask| Named { name: "one", mask }).collect();
        table(&volume, &labels, &mut ()).unwrap()
    }

    #[test]
    fn one_label_has_no_union_and_none_has_no_rows() {
        let mask = Mask::drawn("#.#");
        assert_eq!(rows(Voxels::I16(vec![1, 2, 3]), std::slice::from_ref(&mask)).len(), 1);
        let volume =
            Volume::new(Grid::from_spacing([3, 1, 1], [1.0; 3]).unwrap(), Voxels::I16(vec![0; 3]));
        assert!(table(&volume.unwrap(), &[], &mut ()).unwrap().is_empty());
    }

    #[test]
    fn an_empty_label_has_no_numbers_and_a_padded_one_no_hu() {
        let masks = [Mask::drawn("..."), Mask::drawn("##."), Mask::drawn("..#")];
        let found = rows(Voxels::F32(vec![f32::NAN, -1025.0, -0.25]), &masks);
        let [empty, padded, one, all] = found.as_slice() else { panic!("{found:?}") };
        assert_eq!((empty.voxels, empty.surface_mm2), (0, 0.0));
        assert_eq!((&empty.box_voxel, empty.centroid_ras_mm, empty.max_hu), (&None, None, None));
        assert_eq!((padded.voxels, padded.padding_voxels, padded.p5_hu), (2, 2, None));
        assert_eq!(padded.centroid_ras_mm, Some([0.5, 0.0, 0.0]));
        assert_eq!((one.median_hu, one.sd_hu, one.p95_hu), (Some(-0.25), Some(0.0), Some(-0.25)));
        assert_eq!((all.voxels, all.padding_voxels, all.mean_hu), (3, 2, Some(-0.25)));
    }

    #[test]
    fn whole_numbers_as_floats_give_the_same_row() {
        let hu: Vec<i16> = (0..4000).map(|i: i32| (i * 7919 % 3000 - 1100) as i16).collect();
        let floats = hu.iter().map(|hu| f32::from(*hu)).collect();
        let mask = Mask::from_fn([100, 5, 8], |x, y, z| (x * y + z) % 3 != 1).unwrap();
        let masks = [mask, Mask::from_fn([100, 5, 8], |x, _, _| x < 9).unwrap()];
        let [whole, real] = [Voxels::I16(hu), Voxels::F32(floats)].map(|v| rows(v, &masks));
        for (whole, real) in whole.iter().zip(&real) {
            // The squares are added in another order.
            let [a, b] = [whole.sd_hu.unwrap(), real.sd_hu.unwrap()];
            assert!((a - b).abs() < 1e-9);
            assert_eq!(&Row { sd_hu: real.sd_hu, ..whole.clone() }, real);
        }
    }

    #[test]
    fn a_mask_on_another_grid_is_refused() {
        let grid = Grid::from_spacing([3, 1, 1], [1.0; 3]).unwrap();
        let volume = Volume::new(grid, Voxels::I16(vec![0; 3])).unwrap();
        let mask = Mask::drawn("....");
        let error = table(&volume, &[Named { name: "a", mask: &mask }], &mut ()).unwrap_err();
        assert_eq!(error.code(), "size_mismatch");
    }

    #[test]
    fn it_stops_on_request() {
        let mask = Mask::drawn("#");
        let grid = Grid::from_spacing([1; 3], [1.0; 3]).unwrap();
        let volume = Volume::new(grid, Voxels::I16(vec![0])).unwrap();
        let mut stop = |_: &'static str, _: f64| crate::Flow::Stop;
        let labels = [Named { name: "a", mask: &mask }];
        assert_eq!(table(&volume, &labels, &mut stop).unwrap_err(), Error::Stopped);
    }
}
