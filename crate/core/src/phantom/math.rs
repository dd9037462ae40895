//! Vectors, curves and trigonometry that give the same bits on every machine.
//!
//! IEEE 754 fixes `+ - × ÷ √`, so those are used freely. `sin`, `cos` and `cbrt` come from each
//! platform's own mathematics library and differ in the last bit between x86, ARM and
//! WebAssembly; the ones here are built from the five operations that do not.

/// A point or direction in RAS millimetres.
pub(super) type Vec3 = [f32; 3];

pub(super) fn add(a: Vec3, b: Vec3) -> Vec3 {
    [a[0] + b[0], a[1] + b[1], a[2] + b[2]]
}

pub(super) fn sub(a: Vec3, b: Vec3) -> Vec3 {
    [a[0] - b[0], a[1] - b[1], a[2] - b[2]]
}

pub(super) fn scale(a: Vec3, k: f32) -> Vec3 {
    [a[0] * k, a[1] * k, a[2] * k]
}

pub(super) fn dot(a: Vec3, b: Vec3) -> f32 {
    a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
}

pub(super) fn cross(a: Vec3, b: Vec3) -> Vec3 {
    [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]]
}

pub(super) fn length(a: Vec3) -> f32 {
    dot(a, a).sqrt()
}

/// The unit vector along `a`; +z when `a` has no length.
pub(super) fn unit(a: Vec3) -> Vec3 {
    let n = length(a);
    if n > 1e-6 { scale(a, 1.0 / n) } else { [0.0, 0.0, 1.0] }
}

pub(super) fn mix(a: Vec3, b: Vec3, t: f32) -> Vec3 {
    add(a, scale(sub(b, a), t))
}

/// `p` mirrored to the patient's other side.
pub(super) fn mirrored(p: Vec3, side: f32) -> Vec3 {
    [p[0] * side, p[1], p[2]]
}

/// 0 at `lo` and beyond, 1 at `hi` and beyond, an S between; `lo` may be the larger.
pub(super) fn smooth(lo: f32, hi: f32, v: f32) -> f32 {
    let t = ((v - lo) / (hi - lo)).clamp(0.0, 1.0);
    t * t * (3.0 - 2.0 * t)
}

/// The sine of `radians` (within ±100), good to 1e-7.
pub(super) fn sin(radians: f32) -> f32 {
    use std::f64::consts::{PI, TAU};
    let x = f64::from(radians);
    let mut x = x - TAU * (x / TAU).floor();
    if x > PI {
        x -= TAU;
    }
    // Folded to ±π/2, where seven terms of the Taylor series leave 6e-10.
    if x > PI / 2.0 {
        x = PI - x;
    } else if x < -PI / 2.0 {
        x = -PI - x;
    }
    let q = x * x;
    let series = [-1.0 / 156.0, -1.0 / 110.0, -1.0 / 72.0, -1.0 / 42.0, -1.0 / 20.0, -1.0 / 6.0];
    (x * series.iter().fold(1.0, |tail, factor| 1.0 + q * factor * tail)) as f32
}

/// The cosine of `radians`.
pub(super) fn cos(radians: f32) -> f32 {
    sin(radians + std::f32::consts::FRAC_PI_2)
}

/// The cube root of a number in 0…10⁶, by Newton's method.
pub(super) fn cube_root(value: f32) -> f32 {
    let mut root = 1.0 + value / 30.0;
    for _ in 0..24 {
        root -= (root * root * root - value) / (3.0 * root * root + 1e-9);
    }
    root
}

/// A smooth curve through `(at, value)` pairs in rising order; constant beyond the ends.
pub(super) fn interpolate(table: &[(f32, f32)], at: f32) -> f32 {
    let next = table.partition_point(|entry| entry.0 <= at);
    if next == 0 || next >= table.len() {
        return table.get(next.saturating_sub(1)).map_or(0.0, |entry| entry.1);
    }
    let slope = |i: usize| {
        let (lo, hi) = (table[i.saturating_sub(1)], table[(i + 1).min(table.len() - 1)]);
        (hi.1 - lo.1) / (hi.0 - lo.0)
    };
    let (a, b) = (table[next - 1], table[next]);
    let span = b.0 - a.0;
    let t = (at - a.0) / span;
    // Cubic Hermite with the neighbours' slope as tangent.
    let (t2, t3) = (t * t, t * t * t);
    a.1 * (2.0 * t3 - 3.0 * t2 + 1.0)
        + slope(next - 1) * span * (t3 - 2.0 * t2 + t)
        + b.1 * (3.0 * t2 - 2.0 * t3)
        + slope(next) * span * (t3 - t2)
}

/// A smooth path through `points`, `steps` pieces between each two.
pub(super) fn path(points: &[Vec3], steps: usize) -> Vec<Vec3> {
    let mut out = Vec::new();
    for i in 1..points.len() {
        let before = points[i.saturating_sub(2)];
        let (a, b) = (points[i - 1], points[i]);
        let after = points[(i + 1).min(points.len() - 1)];
        for step in 0..steps {
            let t = step as f32 / steps as f32;
            let (t2, t3) = (t * t, t * t * t);
            out.push(std::array::from_fn(|k| {
                // Catmull–Rom.
                0.5 * (2.0 * a[k]
                    + (b[k] - before[k]) * t
                    + (2.0 * before[k] - 5.0 * a[k] + 4.0 * b[k] - after[k]) * t2
                    + (3.0 * a[k] - before[k] - 3.0 * b[k] + after[k]) * t3)
            }));
        }
    }
    out.extend(points.last());
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sine_and_cube_root_are_close_to_the_library() {
        for i in -400..400 {
            let x = i as f32 * 0.05;
            assert!((sin(x) - x.sin()).abs() < 1e-6, "sin {x}");
            assert!((cos(x) - x.cos()).abs() < 1e-5, "cos {x}");
        }
        for value in [0.001f32, 0.5, 1.0, 27.0, 1500.0, 1e5] {
            assert!((cube_root(value) / value.cbrt() - 1.0).abs() < 1e-4, "cbrt {value}");
        }
    }

    #[test]
    fn curves_pass_through_their_points() {
        let table = [(0.0, 1.0), (2.0, 5.0), (3.0, 4.0)];
        for (at, value) in table {
            assert!((interpolate(&table, at) - value).abs() < 1e-6);
        }
        assert_eq!(interpolate(&table, -9.0), 1.0);
        assert_eq!(interpolate(&table, 9.0), 4.0);
        let points = [[0.0, 0.0, 0.0], [1.0, 2.0, 0.0], [3.0, 2.0, 5.0]];
        let curve = path(&points, 4);
        assert_eq!(
            (curve.len(), curve[0], curve[4], curve[8]),
            (9, points[0], points[1], points[2])
        );
    }
}
