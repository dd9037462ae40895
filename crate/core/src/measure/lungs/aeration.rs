//! Gas, tissue and aeration: sums over a region's voxels.

use super::{super::table::Row, LungRow};
use crate::tally::Values;

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
    pub(super) fn of(row: Row, values: &Values<'_>) -> Self {
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

#[cfg(test)]
mod tests {
    use super::*;

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
}
