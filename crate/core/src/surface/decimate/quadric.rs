//! The sum of squared distances to planes, as a function of place.

use crate::surface::vector::{cross, dot, length, minus};

/// xᵀ A x + 2 bᵀ x + c. Coordinates count from the middle of the surface, which keeps the digits.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Quadric {
    /// A's upper half: xx, xy, xz, yy, yz, zz.
    a: [f64; 6],
    b: [f64; 3],
    c: f64,
}

/// Of the largest entries' product, what a determinant must have for the lowest point to be one.
const LEAST_DETERMINANT: f64 = 1e-6;

impl Quadric {
    /// The plane of a triangle, weighted by its area.
    pub(super) fn of_triangle(p: [f64; 3], q: [f64; 3], r: [f64; 3]) -> Self {
        let normal = cross(minus(q, p), minus(r, p));
        let size = length(normal);
        if size == 0.0 {
            return Self::default();
        }
        let [x, y, z] = normal.map(|n| n / size);
        let (weight, shift) = (size / 2.0, -dot([x, y, z], p));
        Self {
            a: [x * x, x * y, x * z, y * y, y * z, z * z].map(|entry| weight * entry),
            b: [x, y, z].map(|entry| weight * shift * entry),
            c: weight * shift * shift,
        }
    }

    /// Adds another.
    pub(super) fn add(&mut self, other: &Self) {
        for (own, entry) in self.a.iter_mut().zip(other.a) {
            *own += entry;
        }
        for (own, entry) in self.b.iter_mut().zip(other.b) {
            *own += entry;
        }
        self.c += other.c;
    }

    fn times(&self, [x, y, z]: [f64; 3]) -> [f64; 3] {
        let [xx, xy, xz, yy, yz, zz] = self.a;
        [xx * x + xy * y + xz * z, xy * x + yy * y + yz * z, xz * x + yz * y + zz * z]
    }

    /// The value at x.
    pub(super) fn at(&self, x: [f64; 3]) -> f64 {
        dot(x, self.times(x)) + 2.0 * dot(self.b, x) + self.c
    }

    /// Where it is lowest; `None` where that is a line or a plane.
    pub(super) fn lowest(&self) -> Option<[f64; 3]> {
        let [xx, xy, xz, yy, yz, zz] = self.a;
        let rows = [[xx, xy, xz], [xy, yy, yz], [xz, yz, zz]];
        let determinant = dot(rows[0], cross(rows[1], rows[2]));
        let trace = xx + yy + zz;
        if determinant.abs() <= LEAST_DETERMINANT * trace * trace * trace {
            return None;
        }
        // Cramer's rule: A is symmetric, so its rows are its columns.
        let [r0, r1, r2] = rows;
        let right = self.b.map(|b| -b);
        Some([
            dot(right, cross(r1, r2)) / determinant,
            dot(r0, cross(right, r2)) / determinant,
            dot(r0, cross(r1, right)) / determinant,
        ])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_planes_meet_in_a_point() {
        let far = 100.0;
        let corner = [far + 1.0, far + 2.0, far + 3.0];
        let mut sum = Quadric::default();
        for axis in 0..3 {
            let along = |k: usize, mm: f64| {
                let mut place = corner;
                place[(axis + k) % 3] += mm;
                place
            };
            let quadric = Quadric::of_triangle(along(1, 1.0), along(2, 5.0), along(1, -2.0));
            sum.add(&quadric);
        }
        let lowest = sum.lowest().unwrap();
        assert!(length(minus(lowest, corner)) < 1e-9, "{lowest:?}");
        assert!(sum.at(lowest).abs() < 1e-9);
        // One away from one plane, whose triangle weighs half of 3 × 5.
        let beside = [corner[0] + 1.0, corner[1], corner[2]];
        assert!((sum.at(beside) - 7.5).abs() < 1e-9, "{}", sum.at(beside));
    }
}
