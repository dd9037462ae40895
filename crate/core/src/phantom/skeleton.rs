//! Bones and what joins them: spine, ribs, breastbone, shoulder girdle, discs, cartilage, canal.

use super::body::{cage, spine_y};
use super::canvas::{Material, Part};
use super::math::{Vec3, add, cos, dot, interpolate, mirrored, mix, path, scale, sin, sub, unit};
use super::shape::{Shape, sheet};
use super::{BONES, CANAL, CARTILAGE, NONE};

/// A voxel is bone in the truth when a quarter of it is: beside muscle that much cortex makes 150 HU,
/// the least that anybody calls bone. Half would set the truth well inside of what is seen, by a
/// third of a voxel all around, and every plate of bone is thin.
const BONE_SHARE: f32 = 0.25;

const fn bone(shell_mm: f32, shell_hu: f32, marrow_hu: f32) -> Material {
    Material {
        shell_mm,
        shell_hu,
        inner_hu: marrow_hu,
        mottle_hu: 42.0,
        mottle_mm: 2.2,
        label: Some(BONES),
        label_share: BONE_SHARE,
    }
}

const VERTEBRA: Material = bone(1.1, 430.0, 180.0);
const RIB: Material = bone(1.2, 600.0, 160.0);
const STERNUM: Material = bone(1.1, 400.0, 145.0);
const FLAT: Material = bone(1.2, 600.0, 190.0);
const LONG: Material = bone(2.8, 1000.0, 130.0);

/// Heights of the vertebral bodies' centres, top down; the first twelve from `FIRST_RIB` bear ribs.
const LEVELS_MM: [f32; 22] = [
    256.0, 239.0, 222.0, 205.0, 188.0, 171.0, // C2 … C7
    152.0, 132.0, 111.0, 90.0, 68.0, 46.0, 23.0, -1.0, -25.0, -50.0, -76.0,
    -103.0, // T1 … T12
    -132.0, -163.0, -195.0, -228.0, // L1 … L4
];
const FIRST_RIB: usize = 6;

/// Half width of a vertebral body at height z; its depth is 0.78 of that.
const VERTEBRA_HALF: [(f32, f32); 5] =
    [(-230.0, 25.0), (-130.0, 21.0), (0.0, 16.0), (130.0, 14.5), (200.0, 11.5)];
const DEPTH: f32 = 0.78;
const CANAL_MM: f32 = 8.6;

fn half_width(z: f32) -> f32 {
    interpolate(&VERTEBRA_HALF, z)
}

/// The middle of the spinal canal at height z.
fn canal(z: f32) -> Vec3 {
    [0.0, spine_y(z) - DEPTH * half_width(z) - CANAL_MM + 1.0, z]
}

/// All of it, in painting order.
pub(super) fn parts() -> Vec<Part> {
    let mut parts = Vec::new();
    parts.push(discs());
    for (i, z) in LEVELS_MM.iter().enumerate() {
        let gap = LEVELS_MM.get(i + 1).map_or(34.0, |next| z - next);
        parts.push(vertebra(*z, gap));
    }
    parts.extend(canal_parts());
    for side in [-1.0, 1.0] {
        for i in 0..12 {
            parts.extend(rib(i, side));
        }
        parts.extend(girdle(side));
    }
    parts.extend(sternum());
    parts
}

fn discs() -> Part {
    let disc = |pair: &[f32]| {
        let z = 0.5 * (pair[0] + pair[1]);
        let half = half_width(z) - 0.5;
        Shape::Drum {
            centre: [0.0, spine_y(z), z],
            half_mm: [half, half * DEPTH, 0.16 * (pair[0] - pair[1])],
            waist: -0.03,
        }
    };
    Part::new(Material::plain(82.0, NONE), LEVELS_MM.windows(2).map(disc))
}

fn vertebra(z: f32, gap_mm: f32) -> Part {
    let half = half_width(z);
    let body = [0.0, spine_y(z), z];
    let centre = canal(z);
    let wall = CANAL_MM + 3.6;
    // Thoracic spines slant down behind the vertebra below; cervical and lumbar ones hardly do.
    let slant = if (-115.0..145.0).contains(&z) { 1.0 } else { 0.3 };
    let mut shapes = vec![Shape::Drum {
        centre: body,
        half_mm: [half, half * DEPTH, 0.425 * gap_mm],
        waist: 0.11,
    }];
    let tube = |a: Vec3, b: Vec3, ra_mm: f32, rb_mm: f32| Shape::Tube { a, b, ra_mm, rb_mm };
    let spinous = add(centre, [0.0, -wall, -0.25 * gap_mm * slant]);
    let tip = add(spinous, [0.0, -19.0 - 0.35 * half, -0.85 * gap_mm * slant - 2.0]);
    shapes.push(Shape::Ribbon {
        a: spinous,
        b: tip,
        across: [1.0, 0.0, 0.0],
        thick_mm: 3.3,
        high_mm: 0.26 * gap_mm,
    });
    for side in [-1.0, 1.0] {
        let corner = add(centre, [side * (wall + 0.5), -1.0, 0.12 * gap_mm]);
        let pedicle = [side * (half - 5.0), body[1] - 0.5 * half * DEPTH, z + 0.12 * gap_mm];
        shapes.push(Shape::Ribbon {
            a: pedicle,
            b: corner,
            across: [1.0, 0.0, 0.0],
            thick_mm: 3.8,
            high_mm: 0.24 * gap_mm,
        });
        let lamina = unit([side * 0.6, -0.8, 0.0]);
        shapes.push(Shape::Ribbon {
            a: corner,
            b: spinous,
            across: lamina,
            thick_mm: 3.0,
            high_mm: 0.3 * gap_mm,
        });
        let knob = add(corner, [side * (0.8 * half + 4.0), -9.0, 1.0]);
        shapes.push(tube(corner, knob, 3.4, 4.2));
        shapes.push(tube(
            add(corner, [0.0, -2.0, 0.36 * gap_mm]),
            add(corner, [0.0, -4.5, -0.40 * gap_mm]),
            3.8,
            3.8,
        ));
    }
    Part::new(VERTEBRA, shapes)
}

/// Fat-lined canal, fluid and cord: painted after the vertebrae, so it is never bone.
fn canal_parts() -> [Part; 3] {
    let line: Vec<Vec3> = (0..=52).map(|i| canal(270.0 - 10.0 * i as f32)).collect();
    let cord: Vec<Vec3> = line.iter().copied().filter(|p| p[2] > -140.0).collect();
    [
        Part::new(Material::plain(-20.0, Some(CANAL)), Shape::rods(&line, CANAL_MM, CANAL_MM)),
        Part::new(Material::plain(22.0, None), Shape::rods(&line, 7.0, 7.0)),
        Part::new(Material::plain(40.0, None), Shape::rods(&cord, 4.6, 4.2)),
    ]
}

/// How far a rib's front end lies below its head, and the angle from the back it reaches, by rib.
const DROP_MM: [f32; 12] = [34.0, 52.0, 68.0, 80.0, 88.0, 94.0, 98.0, 96.0, 88.0, 76.0, 56.0, 40.0];
const REACH_DEGREE: [f32; 12] =
    [150.0, 152.0, 151.0, 149.0, 146.0, 142.0, 138.0, 132.0, 125.0, 116.0, 92.0, 66.0];
/// Where each rib's cartilage meets the breastbone: half-distance from the midline and height.
const NOTCH_MM: [(f32, f32); 10] = [
    (25.0, 104.0),
    (19.0, 70.0),
    (16.0, 44.0),
    (17.0, 20.0),
    (18.0, -2.0),
    (18.0, -20.0),
    (15.0, -34.0),
    (38.0, -52.0),
    (58.0, -76.0),
    (80.0, -104.0),
];

fn rib(i: usize, side: f32) -> Vec<Part> {
    let z_head = LEVELS_MM[FIRST_RIB + i] + 6.0;
    let half = half_width(z_head);
    let back = spine_y(z_head);
    // Head, neck and tubercle, then around the cage.
    let mut points = vec![
        [half + 2.5, back - 0.45 * half, z_head],
        [half + 12.0, back - 1.25 * half, z_head - 1.0],
    ];
    let reach = REACH_DEGREE[i];
    let steps = 22;
    for step in 0..=steps {
        let t = step as f32 / steps as f32;
        let degree = 30.0 + (reach - 30.0) * t;
        // Steepest at the side; the first centimetres run level.
        let z = z_head - 2.0 - DROP_MM[i] * t * (0.45 + 0.55 * t * (2.0 - t));
        let radians = degree.to_radians();
        let [x, y] = cage(z).point(sin(radians), -cos(radians));
        points.push([x, y, z]);
    }
    let points: Vec<Vec3> = points.into_iter().map(|p| mirrored(p, side)).collect();
    let slim = if i == 0 || i > 9 { 0.85 } else { 1.0 };
    let ribbon = |(k, p): (usize, &[Vec3]), grow_mm: f32| {
        let middle = mix(p[0], p[1], 0.5);
        let outward = [middle[0], middle[1] - cage(middle[2]).centre_y, 0.0];
        // Round at the neck, flat from the angle on, broader in front.
        let flat = (k as f32 / 6.0).min(1.0);
        let high_mm = (3.8 + 2.8 * flat + 0.04 * k as f32) * slim;
        let (across, thick_mm) =
            if i == 0 { ([0.0, 0.0, 1.0], 3.0) } else { (outward, (3.0 + 0.5 * flat) * slim) };
        let along = unit(sub(p[1], p[0]));
        Shape::Ribbon {
            a: p[0],
            b: p[1],
            across: unit(sub(across, scale(along, dot(across, along)))),
            thick_mm: thick_mm + grow_mm,
            high_mm: high_mm + grow_mm,
        }
    };
    // Ligaments and pleura keep the neck apart from the lung.
    let sleeve = points.windows(2).enumerate().take(9).map(|pair| ribbon(pair, 2.4));
    let bones = points.windows(2).enumerate().map(|pair| ribbon(pair, 0.0));
    let mut parts = vec![Part::new(Material::plain(45.0, NONE), sleeve), Part::new(RIB, bones)];
    if let (Some((x, z)), Some(end)) = (NOTCH_MM.get(i), points.last()) {
        let [_, y] = cage(*z).point(x / 130.0, 1.0);
        let notch = [side * x, y - if i > 6 { 6.0 } else { 0.5 }, *z];
        // The lower cartilages sweep up to the breastbone.
        let middle =
            add(mix(*end, notch, 0.5), [side * 5.0, 3.0, -0.09 * (z - end[2]).abs() - 2.0]);
        let curve = path(&[*end, middle, notch], 5);
        let cartilage = Material {
            label: Some(CARTILAGE),
            mottle_hu: 14.0,
            mottle_mm: 4.0,
            ..Material::plain(108.0, None)
        };
        parts.insert(0, Part::new(cartilage, Shape::rods(&curve, 6.2, 4.8)));
    }
    parts
}

fn sternum() -> Vec<Part> {
    // Its back lies on the line of the ribs' fronts.
    let at = |x: f32, z: f32| [x, cage(z).front + cage(z).centre_y + 1.5, z];
    let slab = |top: (f32, f32), bottom: (f32, f32)| {
        sheet(
            [at(-top.0, top.1), at(top.0, top.1), at(bottom.0, bottom.1), at(-bottom.0, bottom.1)],
            5.0,
        )
    };
    vec![
        Part::new(STERNUM, slab((22.0, 110.0), (11.0, 70.0))),
        Part::new(
            STERNUM,
            slab((9.0, 58.0), (10.0, 25.0))
                .into_iter()
                .chain(slab((10.0, 25.0), (13.0, -8.0)))
                .chain(slab((13.0, -8.0), (7.0, -34.0))),
        ),
        Part::new(
            STERNUM,
            [Shape::Tube { a: at(0.0, -46.0), b: at(0.0, -58.0), ra_mm: 4.5, rb_mm: 3.2 }],
        ),
    ]
}

fn girdle(side: f32) -> Vec<Part> {
    let m = |p: Vec3| mirrored(p, side);
    let curve = |points: &[Vec3]| path(&points.iter().map(|p| m(*p)).collect::<Vec<_>>(), 6);
    let clavicle = curve(&[
        [27.0, 42.0, 118.0],
        [58.0, 42.0, 130.0],
        [98.0, 14.0, 144.0],
        [128.0, -14.0, 148.0],
    ]);
    let mut parts = vec![Part::new(bone(1.6, 720.0, 165.0), Shape::rods(&clavicle, 7.5, 5.5))];
    // The blade lies on the ribs: corners at its tips, a middle point that keeps it curved.
    let [upper, lower, neck] =
        [[72.0, -100.0, 122.0], [94.0, -104.0, -12.0], [132.0, -46.0, 108.0]].map(m);
    let middle = m([112.0, -86.0, 72.0]);
    let mut blade = vec![
        Shape::Plate { corners: [upper, middle, lower], radius_mm: 1.7 },
        Shape::Plate { corners: [middle, neck, lower], radius_mm: 1.7 },
        Shape::Plate { corners: [upper, neck, middle], radius_mm: 1.7 },
        Shape::Tube { a: neck, b: m([136.0, -40.0, 116.0]), ra_mm: 7.0, rb_mm: 12.0 },
    ];
    // Borders, spine and acromion, coracoid.
    blade.extend(Shape::rods(
        &path(&[neck, mix(middle, mix(neck, lower, 0.5), 0.75), lower], 5),
        5.0,
        4.2,
    ));
    blade.extend(Shape::rods(&[upper, lower], 2.6, 2.6));
    let spine = curve(&[
        [80.0, -99.0, 100.0],
        [106.0, -93.0, 117.0],
        [130.0, -68.0, 136.0],
        [142.0, -30.0, 150.0],
    ]);
    blade.extend(spine.windows(2).map(|p| Shape::Ribbon {
        a: p[0],
        b: p[1],
        across: unit([0.0, 0.35, 1.0]),
        thick_mm: 3.2,
        high_mm: 6.0,
    }));
    blade.push(Shape::Tube {
        a: m([130.0, -36.0, 122.0]),
        b: m([122.0, -8.0, 126.0]),
        ra_mm: 5.0,
        rb_mm: 4.5,
    });
    parts.push(Part::new(FLAT, blade));
    // Arms raised: the humerus rises outwards from its head.
    let head = m([160.0, -34.0, 122.0]);
    let shaft = m([182.0, -16.0, 290.0]);
    let low = mix(head, shaft, 0.2);
    parts.push(Part::new(
        bone(1.0, 430.0, 170.0),
        [
            Shape::ball(head, [22.0, 22.0, 23.0]),
            Shape::Tube { a: head, b: low, ra_mm: 17.0, rb_mm: 12.5 },
        ],
    ));
    parts.push(Part::new(LONG, [Shape::Tube { a: low, b: shaft, ra_mm: 12.5, rb_mm: 11.0 }]));
    parts
}

/// The soft parts of the raised arms and of the shoulders, painted before the torso.
pub(super) fn arms() -> Vec<Part> {
    let flesh = Material {
        shell_mm: 9.0,
        shell_hu: -104.0,
        inner_hu: 54.0,
        mottle_hu: 6.0,
        mottle_mm: 7.0,
        label: None,
        label_share: 0.5,
    };
    let arm = |side: f32| {
        let points = [[120.0, -30.0, 80.0], [162.0, -30.0, 124.0], [182.0, -16.0, 290.0]];
        Part::new(flesh, Shape::rods(&points.map(|p| mirrored(p, side)), 52.0, 46.0))
    };
    vec![arm(-1.0), arm(1.0)]
}

/// Fat between the muscles of chest wall and shoulder: armpits, under the blades, beside the
/// neck; and the lymph nodes in it.
pub(super) fn fat_pads() -> Vec<Part> {
    let fat = Material { mottle_hu: 14.0, mottle_mm: 6.0, ..Material::plain(-92.0, None) };
    let mut parts = Vec::new();
    for side in [-1.0f32, 1.0] {
        let pad = |centre: Vec3, lean: f32, radii_mm: Vec3| {
            let x = unit([1.0, side * lean, 0.0]);
            let axes = [x, [-x[1], x[0], 0.0], [0.0, 0.0, 1.0]];
            Shape::Ellipsoid { centre: mirrored(centre, side), axes, radii_mm }
        };
        let pads = [
            pad([136.0, -6.0, 82.0], 0.9, [13.0, 40.0, 46.0]),
            pad([112.0, 26.0, 96.0], -0.5, [40.0, 5.0, 26.0]),
            pad([118.0, -62.0, 70.0], 0.8, [34.0, 4.5, 60.0]),
            pad([60.0, -14.0, 158.0], 0.2, [15.0, 30.0, 24.0]),
            pad([152.0, -6.0, 40.0], 1.6, [26.0, 5.0, 60.0]),
            pad([34.0, -112.0, 20.0], -0.2, [26.0, 2.0, 130.0]),
        ];
        parts.push(Part::new(fat, pads));
        let nodes =
            [[134.0, 2.0, 96.0], [140.0, -14.0, 74.0], [131.0, -8.0, 60.0], [58.0, -8.0, 150.0]];
        let node = |p| Shape::ball(mirrored(p, side), [4.0, 3.0, 5.0]);
        parts.push(Part::new(Material::plain(35.0, None), nodes.map(node)));
    }
    parts
}
