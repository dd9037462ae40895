//! Branching trees that fill a lung: airways, arteries and veins.
//!
//! The volume-filling rule of Tawhai and colleagues (Annals of Biomedical Engineering 28, 2000):
//! a branch grows towards the centre of the points it has to serve, then the points are split by
//! a plane through the branch and each half gets a child. Radii follow Murray's law (the cubes
//! add up), so a branch serving n points is n^⅓ times as thick as a twig.

use super::AIRWAYS;
use super::body::Level;
use super::canvas::{Material, Part};
use super::math::{Vec3, add, cross, cube_root, dot, length, mix, scale, sub, unit};
use super::random::signed;
use super::shape::Shape;
use super::vessels::{Blood, HILUM};

/// Twigs in each lung's tree. More looks no better at 0.7 mm and costs time.
const TWIGS: usize = 1100;
const TWIG_MM: f32 = 0.62;
/// A branch this thin carries no airway worth drawing.
const SMALLEST_AIRWAY_MM: f32 = 1.6;

/// One branch and the number of points it serves.
#[derive(Debug, Clone, Copy)]
struct Branch {
    a: Vec3,
    b: Vec3,
    radius_a_mm: f32,
    radius_b_mm: f32,
}

/// Both lungs' airways (walls, then lumens), arteries and veins, in painting order.
pub(super) fn parts(seed: u64, contrast: bool) -> Vec<Part> {
    let blood = Blood::new(contrast);
    let (mut walls, mut lumens, mut arteries, mut veins) = (vec![], vec![], vec![], vec![]);
    for (side, [airway, artery, vein]) in HILUM.iter().enumerate() {
        let points = inside(seed ^ side as u64, side);
        for branch in grow(*airway, &points) {
            // Each airway runs beside its artery.
            let beside =
                scale(unit(cross(sub(branch.b, branch.a), [0.3, 0.2, 1.0])), branch.radius_a_mm);
            if branch.radius_a_mm > SMALLEST_AIRWAY_MM {
                let tube = |grow: f32| Shape::Tube {
                    a: branch.a,
                    b: branch.b,
                    ra_mm: 0.8 * branch.radius_a_mm + grow,
                    rb_mm: 0.8 * branch.radius_b_mm + grow,
                };
                walls.push(tube(0.5 + 0.1 * branch.radius_a_mm));
                lumens.push(tube(0.0));
            }
            let offset = scale(beside, 1.75);
            arteries.push(rod(&Branch {
                a: add(branch.a, offset),
                b: add(branch.b, offset),
                ..branch
            }));
        }
        arteries.push(Shape::Tube {
            a: *artery,
            b: add(*airway, [0.0, 8.0, 4.0]),
            ra_mm: 8.0,
            rb_mm: 6.0,
        });
        let points = inside(seed ^ side as u64 ^ 0x5e1f, side);
        veins.extend(grow(*vein, &points).iter().map(rod));
        // Two veins from each lung into the left atrium.
        let atrium = [if *vein == HILUM[0][2] { 18.0 } else { -28.0 }, -12.0, -8.0];
        veins.push(Shape::Tube { a: atrium, b: *vein, ra_mm: 7.0, rb_mm: 6.0 });
    }
    vec![
        Part::new(Material::plain(blood.artery_hu, None), veins),
        Part::new(Material::plain(blood.lung_artery_hu, None), arteries),
        Part::new(Material::plain(10.0, None), walls),
        Part::new(Material::plain(-980.0, Some(AIRWAYS)), lumens),
    ]
}

fn rod(branch: &Branch) -> Shape {
    Shape::Tube { a: branch.a, b: branch.b, ra_mm: branch.radius_a_mm, rb_mm: branch.radius_b_mm }
}

/// Random points in one lung (0 right, 1 left), away from its wall.
fn inside(seed: u64, side: usize) -> Vec<Vec3> {
    let mut points = Vec::new();
    // A lung fills about a sixth of this box, so the tries always suffice.
    for attempt in 0..60 * TWIGS as u32 {
        let draw = |axis| signed(seed, 0x7412, attempt, axis);
        let x = 70.0 + 66.0 * draw(0);
        let p = [if side == 0 { x } else { -x }, 95.0 * draw(1), 5.0 + 135.0 * draw(2)];
        // The heart fills what would be lung in front and to the left.
        let heart = length(sub(p, [-18.0, 18.0, -30.0])) < 56.0;
        if !heart && Level::new(p[2]).lung(p[0], p[1]) < -2.0 {
            points.push(p);
        }
        if points.len() >= TWIGS {
            break;
        }
    }
    points
}

fn grow(root: Vec3, points: &[Vec3]) -> Vec<Branch> {
    let mut branches = Vec::new();
    let mut open = vec![(root, [0.0f32; 3], points.to_vec(), true)];
    while let Some((start, heading, points, first)) = open.pop() {
        let n = points.len();
        if n == 0 {
            continue;
        }
        let centre = scale(points.iter().fold([0.0; 3], |sum, p| add(sum, *p)), 1.0 / n as f32);
        let radius_a_mm = TWIG_MM * cube_root(n as f32);
        if n == 1 || length(sub(centre, start)) < 1.5 {
            branches.push(Branch { a: start, b: centre, radius_a_mm, radius_b_mm: 0.35 });
            continue;
        }
        // The first branch is short: the lobes part right after the hilum.
        let end = mix(start, centre, if first { 0.22 } else { 0.4 });
        branches.push(Branch { a: start, b: end, radius_a_mm, radius_b_mm: 0.93 * radius_a_mm });
        let along = sub(end, start);
        let normal = splitting_normal(&points, centre, along, heading);
        let (one, other): (Vec<_>, Vec<_>) =
            points.into_iter().partition(|p| dot(sub(*p, centre), normal) < 0.0);
        open.push((end, along, one, false));
        open.push((end, along, other, false));
    }
    branches
}

/// The plane through the branch that splits the points along their widest extent across it.
fn splitting_normal(points: &[Vec3], centre: Vec3, along: Vec3, heading: Vec3) -> Vec3 {
    let along = unit(along);
    let helper = if along[2].abs() < 0.9 { [0.0, 0.0, 1.0] } else { [1.0, 0.0, 0.0] };
    let u = unit(cross(along, helper));
    let v = cross(along, u);
    let (mut uu, mut vv, mut uv) = (0.0f32, 0.0f32, 0.0f32);
    for p in points {
        let d = sub(*p, centre);
        let (a, b) = (dot(d, u), dot(d, v));
        uu += a * a;
        vv += b * b;
        uv += a * b;
    }
    // The larger eigenvector of [[uu, uv], [uv, vv]].
    let half = 0.5 * (uu - vv);
    let large = half + (half * half + uv * uv).sqrt();
    if uv.abs() < 1e-6 && large.abs() < 1e-6 {
        return unit(cross(along, add(heading, u)));
    }
    // (λ − vv, uv) is along the axis unless both vanish, then v itself is.
    let axis = add(scale(u, large), scale(v, uv));
    if length(axis) < 1e-6 { v } else { unit(axis) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tree_reaches_every_point_and_tapers() {
        let points = inside(3, 0);
        assert_eq!(points.len(), TWIGS);
        let branches = grow(HILUM[0][0], &points);
        assert!(branches.len() > TWIGS);
        assert!(
            branches.iter().all(|b| b.radius_b_mm <= b.radius_a_mm && b.radius_a_mm.is_finite())
        );
        let reached = |p: &Vec3| branches.iter().any(|b| length(sub(b.b, *p)) < 2.0);
        assert!(points.iter().filter(|p| reached(p)).count() > TWIGS * 8 / 10);
    }
}
