//! A lung's thirds by height.

use crate::{Error, Grid, Mask, components::set_bits, mask::each_run};

/// How high each voxel of a lung lies.
pub(super) struct Heights {
    /// Superior millimetres from voxel indices.
    superior: [f64; 4],
    /// Where the middle and the apical third begin.
    edges_mm: [f64; 2],
}

impl Heights {
    pub(super) fn of(lung: &Mask, grid: &Grid) -> Self {
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

    pub(super) fn third(&self, lung: &Mask, third: usize) -> Result<Mask, Error> {
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

#[cfg(test)]
mod tests {
    use super::*;

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
}
