//! Noise from a hash: no state, so any slice can be made alone and in any order.

use super::math::Vec3;

/// Scrambles 32 bits (Wellons' `lowbias32`).
fn scramble(mut h: u32) -> u32 {
    h ^= h >> 16;
    h = h.wrapping_mul(0x7feb_352d);
    h ^= h >> 15;
    h = h.wrapping_mul(0x846c_a68b);
    h ^ (h >> 16)
}

/// 32 random bits that belong to `(seed, a, b, c)`.
pub(super) fn hash(seed: u64, a: u32, b: u32, c: u32) -> u32 {
    let h = scramble((seed as u32) ^ scramble((seed >> 32) as u32 ^ 0x9e37_79b9));
    scramble(scramble(scramble(h ^ a).wrapping_add(b)) ^ c.wrapping_mul(0x85eb_ca77))
}

/// A number in −1…1 that belongs to `(seed, a, b, c)`.
pub(super) fn signed(seed: u64, a: u32, b: u32, c: u32) -> f32 {
    (hash(seed, a, b, c) >> 8) as f32 * (2.0 / 16_777_215.0) - 1.0
}

/// A smooth field in −1…1 with features of about `cell_mm`, 0 on average.
pub(super) fn texture(seed: u64, p: Vec3, cell_mm: f32) -> f32 {
    // Shifted so that the cast, which rounds towards zero, rounds down.
    let cell = p.map(|v| v / cell_mm + 4096.0);
    let base = cell.map(|v| v as u32);
    let [fx, fy, fz] = [0, 1, 2].map(|k| {
        let t = cell[k] - base[k] as f32;
        t * t * (3.0 - 2.0 * t)
    });
    let corner = |dx: u32, dy: u32, dz: u32| {
        let h = (base[0] + dx).wrapping_mul(0x9e37_79b1)
            ^ (base[1] + dy).wrapping_mul(0x85eb_ca77)
            ^ (base[2] + dz).wrapping_mul(0xc2b2_ae3d)
            ^ (seed as u32);
        (scramble(h) >> 8) as f32 * (2.0 / 16_777_215.0) - 1.0
    };
    let along_x = |dy: u32, dz: u32| corner(0, dy, dz) * (1.0 - fx) + corner(1, dy, dz) * fx;
    let along_y = |dz: u32| along_x(0, dz) * (1.0 - fy) + along_x(1, dz) * fy;
    along_y(0) * (1.0 - fz) + along_y(1) * fz
}

/// One slice of scanner noise: unit variance, about normal, and correlated between neighbours as
/// a reconstruction kernel makes it. `out` holds `nx × ny` values.
pub(super) fn scanner_noise(
    seed: u64,
    z: usize,
    nx: usize,
    ny: usize,
    out: &mut [f32],
    row: &mut [f32],
) {
    // [1 2 1] along x, then along y by adding each blurred row to three rows of the slice.
    // Standard deviation of four summed bytes, and of the blur: √(6/16) per axis.
    const FOUR_BYTES: f32 = 147.8;
    const UNIT: f32 = 16.0 / 6.0 / FOUR_BYTES;
    out.fill(0.0);
    for y in 0..ny + 2 {
        let row_seed = hash(seed, 0x6e6f_6973, z as u32, y as u32);
        let white = |x: usize| {
            let bytes = scramble(row_seed ^ (x as u32).wrapping_mul(0x9e37_79b1)).to_le_bytes();
            (bytes.iter().map(|b| i32::from(*b)).sum::<i32>() - 510) as f32 * UNIT
        };
        let (mut left, mut here) = (white(0), white(1));
        for (x, value) in row.iter_mut().enumerate().take(nx) {
            let right = white(x + 2);
            *value = 0.25 * left + 0.5 * here + 0.25 * right;
            (left, here) = (here, right);
        }
        for (offset, weight) in [(0, 0.25f32), (1, 0.5), (2, 0.25)] {
            let Some(target) = (y + offset).checked_sub(2).filter(|t| *t < ny) else { continue };
            for (sum, value) in out[target * nx..(target + 1) * nx].iter_mut().zip(row.iter()) {
                *sum += weight * value;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scanner_noise_has_unit_variance_and_correlated_neighbours() {
        let (nx, ny) = (200, 150);
        let (mut out, mut row) = (vec![0.0; nx * ny], vec![0.0; nx]);
        scanner_noise(7, 3, nx, ny, &mut out, &mut row);
        let n = out.len() as f32;
        let mean = out.iter().sum::<f32>() / n;
        let variance = out.iter().map(|v| (v - mean) * (v - mean)).sum::<f32>() / n;
        let beside = out.windows(2).map(|v| v[0] * v[1]).sum::<f32>() / n;
        assert!(mean.abs() < 0.05, "mean {mean}");
        assert!((variance - 1.0).abs() < 0.1, "variance {variance}");
        assert!((beside - 0.66).abs() < 0.1, "neighbour correlation {beside}");
    }

    #[test]
    fn texture_is_smooth_and_bounded() {
        for i in 0..1000 {
            let p = [i as f32 * 0.1 - 50.0, 3.0, -8.0];
            let (a, b) = (texture(1, p, 3.0), texture(1, [p[0] + 0.01, p[1], p[2]], 3.0));
            assert!(a.abs() <= 1.0 && (a - b).abs() < 0.05);
        }
    }
}
