//! The solids a phantom is built from, each as a signed distance.

use super::math::{Vec3, add, cross, dot, length, scale, sub, unit};

/// A solid in RAS millimetres.
#[derive(Debug, Clone)]
pub(super) enum Shape {
    /// A round rod from `a` to `b`, whose radius goes from `ra_mm` to `rb_mm`.
    Tube { a: Vec3, b: Vec3, ra_mm: f32, rb_mm: f32 },
    /// A flat rod: `thick_mm` is its half-thickness along `across`, `high_mm` the other half-axis.
    Ribbon { a: Vec3, b: Vec3, across: Vec3, thick_mm: f32, high_mm: f32 },
    /// An ellipsoid; `axes` are unit vectors.
    Ellipsoid { centre: Vec3, axes: [Vec3; 3], radii_mm: Vec3 },
    /// A flat triangle, thickened by `radius_mm` on every side.
    Plate { corners: [Vec3; 3], radius_mm: f32 },
    /// A vertebral body: an oval cylinder with a waist. Half sizes along x, y, z.
    Drum { centre: Vec3, half_mm: Vec3, waist: f32 },
}

/// What a shape says about a point.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sample {
    /// Millimetres to the surface, negative inside.
    pub(super) distance_mm: f32,
    /// How much the surface faces up or down, 0…1: thick slices blur such surfaces most.
    pub(super) upward: f32,
}

/// The unit axes x, y, z.
pub(super) const UPRIGHT: [Vec3; 3] = [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]];

impl Shape {
    pub(super) fn ball(centre: Vec3, radii_mm: Vec3) -> Self {
        Self::Ellipsoid { centre, axes: UPRIGHT, radii_mm }
    }

    /// Rods through `points`, the radius going evenly from `ra_mm` to `rb_mm`.
    pub(super) fn rods(points: &[Vec3], ra_mm: f32, rb_mm: f32) -> Vec<Self> {
        let n = points.len().saturating_sub(1).max(1) as f32;
        let radius = |i: usize| ra_mm + (rb_mm - ra_mm) * (i as f32 / n);
        let rod = |(i, p): (usize, &[Vec3])| Self::Tube {
            a: p[0],
            b: p[1],
            ra_mm: radius(i),
            rb_mm: radius(i + 1),
        };
        points.windows(2).enumerate().map(rod).collect()
    }

    /// Distance and direction at `p`. Exact for rods and plates, to first order for ovals.
    pub(super) fn sample(&self, p: Vec3) -> Sample {
        match self {
            Self::Tube { a, b, ra_mm, rb_mm } => {
                let (d, t) = from_segment(p, *a, *b);
                from_point(d, ra_mm + (rb_mm - ra_mm) * t)
            }
            Self::Ribbon { a, b, across, thick_mm, high_mm } => {
                let (d, _) = from_segment(p, *a, *b);
                let along = unit(sub(*b, *a));
                let axes = [*across, cross(along, *across), along];
                from_oval(d, &axes, [*thick_mm, *high_mm, *thick_mm])
            }
            Self::Ellipsoid { centre, axes, radii_mm } => {
                from_oval(sub(p, *centre), axes, *radii_mm)
            }
            Self::Plate { corners, radius_mm } => from_point(from_triangle(p, corners), *radius_mm),
            Self::Drum { centre, half_mm, waist } => from_drum(sub(p, *centre), *half_mm, *waist),
        }
    }

    /// The box it lies in.
    pub(super) fn bounds(&self) -> (Vec3, Vec3) {
        let around = |points: &[Vec3], r: Vec3| {
            let mut lo = [f32::INFINITY; 3];
            let mut hi = [f32::NEG_INFINITY; 3];
            for p in points {
                for k in 0..3 {
                    lo[k] = lo[k].min(p[k] - r[k]);
                    hi[k] = hi[k].max(p[k] + r[k]);
                }
            }
            (lo, hi)
        };
        match self {
            Self::Tube { a, b, ra_mm, rb_mm } => around(&[*a, *b], [ra_mm.max(*rb_mm); 3]),
            Self::Ribbon { a, b, thick_mm, high_mm, .. } => {
                around(&[*a, *b], [thick_mm.max(*high_mm); 3])
            }
            Self::Ellipsoid { centre, axes, radii_mm } => {
                let reach = std::array::from_fn(|k| {
                    length(std::array::from_fn(|i| axes[i][k] * radii_mm[i]))
                });
                around(&[*centre], reach)
            }
            Self::Plate { corners, radius_mm } => around(corners, [*radius_mm; 3]),
            Self::Drum { centre, half_mm, .. } => around(&[*centre], *half_mm),
        }
    }
}

/// The vector from the segment a–b to `p`, and where along it (0…1) the nearest point lies.
fn from_segment(p: Vec3, a: Vec3, b: Vec3) -> (Vec3, f32) {
    let (ap, ab) = (sub(p, a), sub(b, a));
    let t = (dot(ap, ab) / dot(ab, ab).max(1e-9)).clamp(0.0, 1.0);
    (sub(ap, scale(ab, t)), t)
}

fn from_point(d: Vec3, radius_mm: f32) -> Sample {
    let n = length(d);
    Sample { distance_mm: n - radius_mm, upward: d[2].abs() / n.max(1e-6) }
}

fn from_oval(d: Vec3, axes: &[Vec3; 3], radii_mm: Vec3) -> Sample {
    let q: Vec3 = std::array::from_fn(|i| dot(d, axes[i]) / radii_mm[i]);
    let g: Vec3 = std::array::from_fn(|i| q[i] / radii_mm[i]);
    let slope = length(g).max(1e-6);
    let up = axes[0][2] * g[0] + axes[1][2] * g[1] + axes[2][2] * g[2];
    let smallest = radii_mm[0].min(radii_mm[1]).min(radii_mm[2]);
    Sample { distance_mm: oval_distance(length(q), slope, smallest), upward: up.abs() / slope }
}

/// First-order distance to the level 1 of `f`, whose gradient has length `slope / f`.
/// At the very centre both vanish; nothing lies deeper than the smallest radius.
fn oval_distance(f: f32, slope: f32, smallest_mm: f32) -> f32 {
    if f < 1e-3 { -smallest_mm } else { (f * (f - 1.0) / slope).max(-smallest_mm) }
}

/// The vector from the triangle to `p`.
fn from_triangle(p: Vec3, [a, b, c]: &[Vec3; 3]) -> Vec3 {
    let normal = cross(sub(*b, *a), sub(*c, *a));
    let inside = [(a, b), (b, c), (c, a)]
        .iter()
        .all(|(from, to)| dot(cross(normal, sub(**to, **from)), sub(p, **from)) >= 0.0);
    if inside {
        let normal = unit(normal);
        return scale(normal, dot(normal, sub(p, *a)));
    }
    let edges = [from_segment(p, *a, *b).0, from_segment(p, *b, *c).0, from_segment(p, *c, *a).0];
    edges
        .into_iter()
        .fold([1e6, 0.0, 0.0], |best, d| if dot(d, d) < dot(best, best) { d } else { best })
}

fn from_drum(q: Vec3, half_mm: Vec3, waist: f32) -> Sample {
    let level = (q[2] / half_mm[2]).clamp(-1.0, 1.0);
    let narrow = 1.0 - waist * (1.0 - level * level);
    let (rx, ry) = (half_mm[0] * narrow, half_mm[1] * narrow);
    let side = oval_distance(
        length([q[0] / rx, q[1] / ry, 0.0]),
        length([q[0] / (rx * rx), q[1] / (ry * ry), 0.0]),
        rx.min(ry),
    );
    let cap = q[2].abs() - half_mm[2];
    let outside = length([side.max(0.0), cap.max(0.0), 0.0]);
    Sample {
        distance_mm: outside + side.max(cap).min(0.0),
        upward: if cap > side { 1.0 } else { 0.0 },
    }
}

/// The corner points of a flat four-sided plate as two triangles.
pub(super) fn sheet(corners: [Vec3; 4], radius_mm: f32) -> [Shape; 2] {
    let [a, b, c, d] = corners;
    [Shape::Plate { corners: [a, b, c], radius_mm }, Shape::Plate { corners: [a, c, d], radius_mm }]
}

/// `centre` moved by local coordinates along `axes`.
pub(super) fn local(centre: Vec3, axes: &[Vec3; 3], by: Vec3) -> Vec3 {
    (0..3).fold(centre, |p, k| add(p, scale(axes[k], by[k])))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn distance(shape: &Shape, p: Vec3) -> f32 {
        shape.sample(p).distance_mm
    }

    #[test]
    fn distances_are_right_where_they_are_known() {
        let tube = Shape::Tube { a: [0.0; 3], b: [0.0, 0.0, 10.0], ra_mm: 2.0, rb_mm: 4.0 };
        assert_eq!(distance(&tube, [5.0, 0.0, 5.0]), 2.0);
        assert_eq!(tube.sample([5.0, 0.0, 5.0]).upward, 0.0);
        assert_eq!(tube.sample([0.0, 0.0, 20.0]).upward, 1.0);
        let ball = Shape::ball([1.0, 0.0, 0.0], [3.0; 3]);
        assert!((distance(&ball, [6.0, 0.0, 0.0]) - 2.0).abs() < 1e-5);
        assert!((distance(&ball, [1.0, 0.0, 0.0]) + 3.0).abs() < 1e-5);
        let plate = Shape::Plate {
            corners: [[0.0; 3], [10.0, 0.0, 0.0], [0.0, 10.0, 0.0]],
            radius_mm: 1.0,
        };
        assert!((distance(&plate, [2.0, 2.0, 3.0]) - 2.0).abs() < 1e-5);
        assert!((distance(&plate, [-4.0, 0.0, 3.0]) - 4.0).abs() < 1e-5);
        let drum = Shape::Drum { centre: [0.0; 3], half_mm: [15.0, 12.0, 9.0], waist: 0.0 };
        assert!((distance(&drum, [0.0, 0.0, 11.0]) - 2.0).abs() < 1e-5);
        assert!((distance(&drum, [0.0, 14.0, 0.0]) - 2.0).abs() < 1e-3);
        assert!(distance(&drum, [0.0, 0.0, 0.0]) <= -9.0);
    }

    #[test]
    fn nothing_inside_lies_beyond_the_bounds() {
        let tilted = unit([1.0, 1.0, 0.5]);
        let other = unit(cross(tilted, [0.0, 0.0, 1.0]));
        let shapes = [
            Shape::Ellipsoid {
                centre: [1.0, 2.0, 3.0],
                axes: [tilted, other, cross(tilted, other)],
                radii_mm: [9.0, 4.0, 2.0],
            },
            Shape::Ribbon {
                a: [0.0; 3],
                b: [5.0, 5.0, 2.0],
                across: other,
                thick_mm: 2.0,
                high_mm: 5.0,
            },
        ];
        for shape in shapes {
            let (lo, hi) = shape.bounds();
            for i in 0..8000 {
                let p =
                    [(i % 20) as f32 - 10.0, (i / 20 % 20) as f32 - 8.0, (i / 400) as f32 - 8.0];
                let inside_box = (0..3).all(|k| p[k] >= lo[k] && p[k] <= hi[k]);
                assert!(inside_box || distance(&shape, p) > -1e-3, "{p:?} of {shape:?}");
            }
        }
    }
}
