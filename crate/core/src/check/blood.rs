//! Is there contrast? Bright pools that end in something darker on all sides.
//!
//! ```text
//!      blood with contrast        marrow
//!      . . # # # # . .            . @ # # # # @ .      @ cortex: brighter than what it encloses
//!        ◀──  v  ──▶                ◀──  v  ──▶
//! ```
//!
//! From a sample of bright voxels a ray goes out to either side along x and along y, until it meets
//! something much darker or brighter. A short cut to what the bones recipe works out in full.

use crate::{Volume, Voxels, volume::hu_from_f32};

/// Blood with contrast, and marrow, but little of a bone's shell.
const BRIGHT_HU: [i32; 2] = [150, 650];
/// So many voxels are looked at; of them the bright ones send rays.
const LOOKS: usize = 100_000;
/// A pool is at least this wide along x and along y …
const WIDE_MM: f64 = 8.0;
/// … and a ray longer than this has left any vessel.
const LONG_MM: f64 = 60.0;
/// Brighter by this, and by this share, is a bone's shell.
const RIM_HU: i32 = 70;

/// Millilitres of bright pools without a brighter rim.
pub(super) fn pools_ml(volume: &Volume) -> f64 {
    let [nx, ny, nz] = volume.grid().size_voxel();
    let [x_mm, y_mm, _] = volume.grid().spacing_mm();
    let count = volume.grid().voxel_count();
    // Odd and off any power of two, so that looks do not line up with rows.
    let step = (count / LOOKS).max(1) | 1;
    let look = Look { volume, size: [nx, ny, nz] };
    let pools = (0..count)
        .step_by(step)
        .filter(|i| {
            let [x, y, z] = [i % nx, i / nx % ny, i / nx / ny];
            // One look rules most voxels out.
            if look.at([x, y, z]).is_none_or(|hu| hu < BRIGHT_HU[0] / 2) {
                return false;
            }
            let Some(hu) = look.smooth([x, y, z]) else { return false };
            (BRIGHT_HU[0]..=BRIGHT_HU[1]).contains(&hu) && look.is_pool([x, y, z], hu, [x_mm, y_mm])
        })
        .count();
    volume.grid().volume_ml(pools.saturating_mul(step))
}

struct Look<'a> {
    volume: &'a Volume,
    size: [usize; 3],
}

impl Look<'_> {
    /// The mean of nine voxels in the plane; `None` at the volume's edge.
    fn smooth(&self, [x, y, z]: [usize; 3]) -> Option<i32> {
        let lines = [x.checked_sub(1)?, x, x + 1].map(|x| self.across([x, y, z], 0));
        lines.into_iter().sum::<Option<i32>>().map(|sum| sum / 3)
    }

    /// The mean of three voxels in the plane, in a line across `axis`: a thin shell that a ray along
    /// `axis` meets stays as bright as it is, and noise does not.
    fn across(&self, [x, y, z]: [usize; 3], axis: usize) -> Option<i32> {
        let [dx, dy] = if axis == 0 { [0, 1] } else { [1, 0] };
        let before = self.at([x.checked_sub(dx)?, y.checked_sub(dy)?, z])?;
        Some((before + self.at([x, y, z])? + self.at([x + dx, y + dy, z])?) / 3)
    }

    fn at(&self, [x, y, z]: [usize; 3]) -> Option<i32> {
        let [nx, ny, _] = self.size;
        if x >= nx || y >= ny {
            return None;
        }
        let i = (z * ny + y) * nx + x;
        match self.volume.voxels() {
            Voxels::I16(v) => v.get(i).map(|hu| i32::from(*hu)),
            Voxels::F32(v) => v.get(i).map(|v| i32::from(hu_from_f32(*v))),
        }
    }

    fn is_pool(&self, at: [usize; 3], hu: i32, step_mm: [f64; 2]) -> bool {
        (0..2).all(|axis| {
            let [down, up] = [false, true].map(|up| self.ray(at, hu, axis, up, step_mm[axis]));
            down.zip(up).is_some_and(|(down, up)| down + up >= WIDE_MM)
        })
    }

    /// How far it is to something darker; `None` when it is not far, brighter, or the edge.
    fn ray(&self, [x, y, z]: [usize; 3], hu: i32, axis: usize, up: bool, mm: f64) -> Option<f64> {
        let rim = hu + RIM_HU.max(hu / 4);
        let steps = (LONG_MM / mm) as usize;
        for n in 1..=steps {
            let go = |i: usize| if up { i.checked_add(n) } else { i.checked_sub(n) };
            let [x, y] = if axis == 0 { [go(x)?, y] } else { [x, go(y)?] };
            let there = self.across([x, y, z], axis)?;
            if there > rim {
                return None;
            }
            if there < hu / 2 {
                return Some(n as f64 * mm);
            }
        }
        None
    }
}
