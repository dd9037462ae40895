//! What is measured of lungs: gas, tissue, aeration, emphysema.
//!
//! Lung is taken as a mixture of gas (−1000 HU) and tissue (0 HU, 1 g/ml), so HU are shares of the
//! two. Conventions, their sources and their limits stand in `docs/MEASURES.md`.

use serde::Serialize;

use super::{
    norms::{NORMS, Norm},
    table::{Counter, Row},
};
use crate::{
    Error, Grid, Mask, Note, Progress, Volume, components::set_bits, mask::each_run,
    progress::checkpoint, tally::Values,
};

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
    let notes = notes(&rows, volume.grid());
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

/// The lower ends of the classes, but for the first, and the upper end of the last; in HU.
const CLASSES_HU: [f64; 4] = [-900.0, -500.0, -100.0, 100.0];
/// Emphysema, its milder form, trapped air; in HU.
const LOW_HU: [f64; 3] = [-950.0, -910.0, -856.0];

/// Sums over voxels.
#[derive(Default)]
struct Sums {
    voxels: f64,
    /// In thousandths of a voxel.
    gas: f64,
    tissue: f64,
    /// In g/ml times voxels.
    schneider: f64,
    /// Over, normally, poorly, non-aerated, and what is above.
    class: [f64; 5],
    class_tissue: [f64; 5],
    low: [f64; 3],
}

impl LungRow {
    fn of(row: Row, values: &Values<'_>) -> Self {
        let mut sums = Sums::default();
        values.for_each(&mut |value, times| sums.add(f64::from(value), times as f64));
        let measured = sums.voxels > 0.0;
        let voxel_ml = if row.voxels > 0 { row.volume_ml / row.voxels as f64 } else { 0.0 };
        let some = |number: f64| measured.then_some(number);
        let percent = |voxels: f64| some(100.0 * voxels / sums.voxels);
        let [over, normally, poorly, non, _] = sums.class.map(percent);
        let [laa950, laa910, laa856] = sums.low.map(percent);
        let [a, b, c, d, _] = sums.class_tissue.map(|tissue| 100.0 * tissue / sums.tissue);
        Self {
            row,
            gas_ml: some(sums.gas / 1000.0 * voxel_ml),
            tissue_g: some(sums.tissue / 1000.0 * voxel_ml),
            schneider_g: some(sums.schneider * voxel_ml),
            over_aerated_percent: over,
            normally_aerated_percent: normally,
            poorly_aerated_percent: poorly,
            non_aerated_percent: non,
            aeration_weight_percent: (sums.tissue > 0.0).then_some([a, b, c, d]),
            laa950_percent: laa950,
            laa910_percent: laa910,
            laa856_percent: laa856,
        }
    }
}

impl Sums {
    fn add(&mut self, hu: f64, times: f64) {
        let mixed = hu.clamp(-1000.0, 0.0);
        self.voxels += times;
        self.gas -= mixed * times;
        self.tissue += (mixed + 1000.0) * times;
        self.schneider += schneider(hu) * times;
        // The last class has its upper end.
        let class = CLASSES_HU.iter().filter(|edge| hu >= **edge).count();
        let class = if hu == CLASSES_HU[3] { 3 } else { class };
        if let (Some(voxels), Some(tissue)) =
            (self.class.get_mut(class), self.class_tissue.get_mut(class))
        {
            *voxels += times;
            *tissue += (mixed + 1000.0) * times;
        }
        for (below, edge) in self.low.iter_mut().zip(LOW_HU) {
            if hu < edge {
                *below += times;
            }
        }
    }
}

/// Density in g/ml by HU, in four straight pieces (Schneider, Bortfeld, Schlegel, Phys Med Biol
/// 2000, doi 10.1088/0031-9155/45/2/314, in the form of the Chest Imaging Platform).
fn schneider(hu: f64) -> f64 {
    if hu < -98.0 {
        let [air, fat] = [1.21e-3, 0.93];
        air + (hu.max(-1000.0) + 1000.0) * (fat - air) / 902.0
    } else if hu <= 18.0 {
        1.018 + 0.893 * hu / 1000.0
    } else if hu <= 100.0 {
        1.003 + 1.169 * hu / 1000.0
    } else {
        1.017 + 0.592 * hu / 1000.0
    }
}

/// How high each voxel of a lung lies.
struct Heights {
    /// Superior millimetres from voxel indices.
    superior: [f64; 4],
    /// Where the middle and the apical third begin.
    edges_mm: [f64; 2],
}

impl Heights {
    fn of(lung: &Mask, grid: &Grid) -> Self {
        let mut heights = Self { superior: grid.ras_from_voxel()[2], edges_mm: [0.0; 2] };
        let (mut low, mut high) = (f64::INFINITY, f64::NEG_INFINITY);
        for_each_run(lung, &mut |y, z, start, end| {
            // Along a row the height only rises or only falls.
            for x in [start, end - 1] {
                let mm = heights.mm([usize::from(x), y, z]);
                low = low.min(mm);
                high = high.max(mm);
            }
        });
        let [a, b, c, _] = heights.superior;
        let half = (a.abs() + b.abs() + c.abs()) / 2.0;
        let third = (high - low + 2.0 * half) / 3.0;
        heights.edges_mm = [low - half + third, high + half - third];
        heights
    }

    fn mm(&self, voxel: [usize; 3]) -> f64 {
        let [x, y, z] = voxel.map(|n| n as f64);
        let [a, b, c, d] = self.superior;
        a * x + b * y + c * z + d
    }

    /// 0 basal, 1 middle, 2 apical.
    fn third_of(&self, voxel: [usize; 3]) -> usize {
        let mm = self.mm(voxel);
        self.edges_mm.iter().filter(|edge| mm >= **edge).count()
    }

    fn third(&self, lung: &Mask, third: usize) -> Result<Mask, Error> {
        let mut part = Mask::empty(lung.size_voxel())?;
        for_each_run(lung, &mut |y, z, start, end| {
            let (start, end) = (usize::from(start), usize::from(end));
            let is_in = |x: usize| self.third_of([x, y, z]) == third;
            let row = part.row_mut(y, z);
            // Along a row the height only rises or only falls.
            if self.third_of([start, y, z]) == self.third_of([end - 1, y, z]) {
                if is_in(start) {
                    set_bits(row, start, end);
                }
            } else {
                (start..end).filter(|x| is_in(*x)).for_each(|x| set_bits(row, x, x + 1));
            }
        });
        Ok(part)
    }
}

fn for_each_run(mask: &Mask, visit: &mut dyn FnMut(usize, usize, u16, u16)) {
    let [_, ny, nz] = mask.size_voxel();
    for z in 0..nz {
        for y in 0..ny {
            each_run(mask.row(y, z), |start, end| visit(y, z, start, end));
        }
    }
}

fn notes(rows: &[LungRow], grid: &Grid) -> Vec<Note> {
    let Some(both) = rows.first().filter(|row| row.row.voxels > 0) else {
        return vec![Note::new("no_lungs", "There is no voxel of lung to measure.")];
    };
    let mut notes = vec![
        Note::new(
            "lung_weight",
            "Lung weight from CT holds the blood in the vessels: in living pigs it was 111 g (35 %) more than the balance found, and 9 g (4 %) more once they had been bled (Protti et al. 2014, doi 10.1186/s40635-014-0031-0).",
        ),
        Note::new(
            "airways",
            "Trachea and main bronchi are no part of these numbers where the masks leave them out; smaller airways and vessels are.",
        ),
        Note::new(
            "breath",
            "The scan does not say how far the lungs were filled: LAA-950 and Perc15 are meant for full inspiration, LAA-856 for expiration.",
        ),
        Note::new(
            "reconstruction",
            format!(
                "LAA and percentiles shift with slice thickness (slices are {:.2} mm apart here), kernel, dose and scanner: compare only like with like.",
                grid.spacing_mm()[2]
            ),
        ),
    ];
    let padding = both.row.padding_voxels;
    if padding > 0 {
        notes.push(Note::new(
            "padding",
            format!(
                "{padding} voxels of lung are padding (below −1024 HU, or no number): they are in volume and surface, and in no other number."
            ),
        ));
    }
    let empty = rows.iter().skip(1).take(2).find(|row| row.row.voxels == 0);
    if let Some(empty) = empty {
        notes.push(Note::new("one_lung", format!("There is no {}.", empty.row.name)));
    }
    notes
}

/// The caveat for a scan in which contrast is likely (item `"contrast"` of the CT check).
#[must_use]
pub fn contrast_note() -> Note {
    Note::new(
        "contrast",
        "Contrast in the vessels raises HU: weights come out larger and LAA smaller (in 12 people the share below −900 HU fell from 8.9 to 3.3 %: Clin Radiol 1991, doi 10.1016/s0009-9260(05)80245-4).",
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Voxels;

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
    fn edges_belong_to_the_class_above() {
        for (hu, class) in
            [(-900.5, 0), (-900.0, 1), (-500.0, 2), (-100.0, 3), (100.0, 3), (100.5, 4)]
        {
            let mut sums = Sums::default();
            sums.add(hu, 1.0);
            assert_eq!(sums.class[class], 1.0, "{hu}");
        }
        let mut sums = Sums::default();
        sums.add(-950.0, 1.0);
        assert_eq!(sums.low, [0.0, 1.0, 1.0], "LAA-950 is below −950");
    }

    #[test]
    fn schneider_in_pieces() {
        for (hu, density) in [
            (-1024.0, 1.21e-3),
            (-1000.0, 1.21e-3),
            (-98.0, 1.018 - 0.087_514),
            (0.0, 1.018),
            (1000.0, 1.609),
        ] {
            assert!((schneider(hu) - density).abs() < 1e-12, "{hu}");
        }
        assert!((schneider(-98.000_001) - 0.93).abs() < 1e-6);
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
    fn thirds_of_an_oblique_grid_go_by_height_and_leave_nothing_out() {
        // Rows rise: superior is x + 2 z.
        let affine = [[0.0, 1.0, 0.0, 0.0], [1.0, 0.0, 0.0, 0.0], [1.0, 0.0, 2.0, -7.0]];
        let grid = Grid::new([30, 3, 30], affine).unwrap();
        let lung = Mask::from_fn([30, 3, 30], |x, y, z| (x * 7 + y + z * 3) % 5 > 0).unwrap();
        let heights = Heights::of(&lung, &grid);
        let thirds = [0, 1, 2].map(|third| heights.third(&lung, third).unwrap());
        assert_eq!(thirds.iter().map(Mask::count).sum::<usize>(), lung.count());
        for z in 0..30 {
            for x in 0..30 {
                for (third, mask) in thirds.iter().enumerate() {
                    if mask.get(x, 0, z) {
                        // From −1.5 to 88.5 above the origin's height, in thirds of 30.
                        let height = (x + 2 * z) as f64;
                        assert_eq!(((height + 1.5) / 30.0) as usize, third, "{x} {z}");
                    }
                }
            }
        }
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
