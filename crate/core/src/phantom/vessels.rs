//! Heart, great vessels, airways, gullet and the upper belly: everything soft between the lungs.

use super::canvas::{Material, Part};
use super::math::{Vec3, path};
use super::shape::{Shape, UPRIGHT, local};
use super::{AIRWAYS, AORTA, HEART, NONE, VESSELS};

/// Where the trees of each lung begin (right, left): airway, artery and vein.
pub(super) const HILUM: [[Vec3; 3]; 2] = [
    [[44.0, -24.0, 12.0], [42.0, -10.0, 6.0], [38.0, -12.0, -14.0]],
    [[-46.0, -28.0, 6.0], [-46.0, -18.0, 14.0], [-42.0, -14.0, -10.0]],
];

/// HU of blood with and without contrast: arterial, lung artery, veins.
#[derive(Debug, Clone, Copy)]
pub(super) struct Blood {
    pub(super) artery_hu: f32,
    pub(super) lung_artery_hu: f32,
    pub(super) vein_hu: f32,
    wall_hu: f32,
}

impl Blood {
    pub(super) fn new(contrast: bool) -> Self {
        if contrast {
            Self { artery_hu: 370.0, lung_artery_hu: 310.0, vein_hu: 180.0, wall_hu: 105.0 }
        } else {
            Self { artery_hu: 45.0, lung_artery_hu: 45.0, vein_hu: 45.0, wall_hu: 42.0 }
        }
    }
}

fn vessel(shell_mm: f32, shell_hu: f32, blood_hu: f32, label: u8) -> Material {
    Material {
        shell_mm,
        shell_hu,
        inner_hu: blood_hu,
        mottle_hu: 6.0,
        mottle_mm: 12.0,
        label: Some(label),
        label_share: 0.5,
    }
}

fn pipe(material: Material, points: &[Vec3], ra_mm: f32, rb_mm: f32) -> Part {
    Part::new(material, Shape::rods(&path(points, 6), ra_mm, rb_mm))
}

/// All of it, in painting order.
pub(super) fn parts(contrast: bool) -> Vec<Part> {
    let blood = Blood::new(contrast);
    let mut parts = belly(contrast);
    parts.extend(gullet());
    parts.extend(great_vessels(&blood));
    parts.extend(heart(&blood));
    parts.extend(aorta(&blood));
    parts.extend(airway());
    parts
}

fn aorta(blood: &Blood) -> Vec<Part> {
    let material = vessel(1.4, 48.0, blood.artery_hu, AORTA);
    let arch = [
        [-6.0, 16.0, -6.0],
        [6.0, 22.0, 18.0],
        [11.0, 17.0, 44.0],
        [3.0, 4.0, 66.0],
        [-12.0, -16.0, 70.0],
        [-24.0, -36.0, 56.0],
        [-28.5, -45.0, 30.0],
        [-29.0, -45.0, -20.0],
        [-25.0, -34.0, -80.0],
        [-10.0, -17.5, -130.0],
        [-6.0, -7.0, -200.0],
        [-6.0, -5.0, -400.0],
    ];
    let branch = |points: &[Vec3], mm: f32| {
        pipe(vessel(0.8, 48.0, blood.artery_hu, VESSELS), points, mm, 0.8 * mm)
    };
    vec![
        branch(&[[4.0, 5.0, 68.0], [13.0, 4.0, 92.0], [26.0, 4.0, 118.0]], 6.8),
        branch(&[[26.0, 4.0, 118.0], [28.0, -2.0, 150.0], [27.0, 0.0, 260.0]], 4.4),
        branch(
            &[
                [26.0, 4.0, 118.0],
                [40.0, -2.0, 138.0],
                [62.0, -6.0, 152.0],
                [92.0, -8.0, 146.0],
                [150.0, -10.0, 112.0],
            ],
            5.0,
        ),
        branch(
            &[[-6.0, -7.0, 70.0], [-14.0, -6.0, 100.0], [-25.0, -2.0, 150.0], [-27.0, 0.0, 260.0]],
            4.6,
        ),
        branch(
            &[
                [-16.0, -20.0, 68.0],
                [-24.0, -20.0, 105.0],
                [-42.0, -6.0, 138.0],
                [-62.0, -6.0, 152.0],
                [-92.0, -8.0, 146.0],
                [-150.0, -10.0, 112.0],
            ],
            5.2,
        ),
        pipe(material, &arch, 15.5, 11.0),
    ]
}

fn great_vessels(blood: &Blood) -> Vec<Part> {
    let lung = vessel(0.8, 48.0, blood.lung_artery_hu, VESSELS);
    let vein = vessel(0.8, 48.0, blood.vein_hu, VESSELS);
    let [right, left] = HILUM;
    vec![
        // Superior caval vein with the veins of both arms; inferior caval vein.
        pipe(
            vein,
            &[[-30.0, 2.0, 150.0], [-27.0, 18.0, 118.0], [-10.0, 24.0, 96.0], [24.0, 14.0, 78.0]],
            6.0,
            7.0,
        ),
        pipe(
            vein,
            &[
                [31.0, 2.0, 150.0],
                [30.0, 14.0, 116.0],
                [28.0, 14.0, 88.0],
                [29.0, 12.0, 50.0],
                [27.0, 14.0, 6.0],
            ],
            6.5,
            9.5,
        ),
        pipe(
            vein,
            &[
                [20.0, 10.0, -30.0],
                [23.0, -4.0, -80.0],
                [23.0, -13.0, -130.0],
                [24.0, -8.0, -400.0],
            ],
            11.0,
            10.0,
        ),
        pipe(
            lung,
            &[[-20.0, 42.0, -14.0], [-20.0, 36.0, 8.0], [-17.0, 20.0, 26.0], [-6.0, 3.0, 26.0]],
            13.5,
            12.0,
        ),
        pipe(
            lung,
            &[[-10.0, 8.0, 26.0], [12.0, -4.0, 22.0], [30.0, -8.0, 15.0], right[1]],
            11.0,
            8.5,
        ),
        pipe(
            lung,
            &[[-12.0, 12.0, 26.0], [-26.0, -4.0, 27.0], [-38.0, -14.0, 22.0], left[1]],
            11.0,
            8.5,
        ),
    ]
}

fn heart(blood: &Blood) -> Vec<Part> {
    // The long axis points to the apex: left, forward and down.
    let axes: [Vec3; 3] = [[-0.65, 0.5, -0.57], [-0.6, -0.8, 0.0], [-0.456, 0.342, 0.82]];
    let centre = [-18.0, 18.0, -30.0];
    let outline = |grow: f32| {
        [
            Shape::Ellipsoid { centre, axes, radii_mm: [57.0 + grow, 46.0 + grow, 42.0 + grow] },
            Shape::ball([-6.0, -12.0, -6.0], [36.0 + grow, 20.0 + grow, 21.0 + grow]),
            Shape::ball([18.0, 18.0, -18.0], [25.0 + grow, 27.0 + grow, 30.0 + grow]),
        ]
    };
    let fat = Material { mottle_hu: 10.0, mottle_mm: 8.0, ..Material::plain(-92.0, NONE) };
    let muscle =
        Material { mottle_hu: 6.0, mottle_mm: 9.0, ..Material::plain(blood.wall_hu, Some(HEART)) };
    let chamber =
        |hu: f32| Material { mottle_hu: 9.0, mottle_mm: 14.0, ..Material::plain(hu, Some(HEART)) };
    let at = |along: f32, left: f32, up: f32| local(centre, &axes, [along, left, up]);
    let tilted = |centre: Vec3, radii_mm: Vec3| Shape::Ellipsoid { centre, axes, radii_mm };
    vec![
        Part::new(Material { shell_mm: 1.2, shell_hu: 20.0, ..fat }, outline(6.0)),
        Part::new(muscle, outline(0.0)),
        Part::new(
            chamber(blood.lung_artery_hu - 20.0 * (blood.vein_hu - 45.0) / 135.0),
            [
                tilted(at(4.0, -21.0, -3.0), [36.0, 15.0, 25.0]),
                Shape::ball([-16.0, 40.0, -14.0], [12.0, 11.0, 16.0]),
            ],
        ),
        Part::new(
            chamber(blood.vein_hu + 0.6 * (blood.lung_artery_hu - blood.vein_hu)),
            [Shape::ball([19.0, 19.0, -18.0], [21.0, 22.0, 26.0])],
        ),
        Part::new(
            chamber(blood.artery_hu - 0.05 * (blood.artery_hu - 45.0)),
            [
                tilted(at(6.0, 15.0, 2.0), [36.0, 20.0, 21.0]),
                Shape::ball([-6.0, -11.0, -6.0], [31.0, 16.0, 17.0]),
                Shape::Tube {
                    a: [-8.0, 12.0, -14.0],
                    b: [-7.0, 15.0, -6.0],
                    ra_mm: 11.0,
                    rb_mm: 13.0,
                },
            ],
        ),
    ]
}

fn airway() -> Vec<Part> {
    let [right, left] = HILUM;
    let trachea = [
        [0.0, 6.0, 270.0],
        [0.0, -4.0, 160.0],
        [1.0, -12.0, 100.0],
        [2.0, -22.0, 52.0],
        [2.0, -24.0, 44.0],
    ];
    let right_main = [[2.0, -24.0, 44.0], [20.0, -25.0, 28.0], right[0]];
    let left_main = [[2.0, -24.0, 44.0], [-22.0, -28.0, 24.0], left[0]];
    let wall = Material::plain(30.0, NONE);
    let air = Material::plain(-985.0, Some(AIRWAYS));
    // All walls before all lumens, so that no wall crosses a fork.
    let tubes = |grow: f32| {
        let mut tubes = Shape::rods(&path(&trachea, 5), 9.0 + grow, 8.5 + grow);
        tubes.extend(Shape::rods(&path(&right_main, 5), 7.0 + grow, 6.3 + grow));
        tubes.extend(Shape::rods(&path(&left_main, 5), 6.5 + grow, 5.8 + grow));
        tubes
    };
    vec![Part::new(wall, tubes(1.6)), Part::new(air, tubes(0.0))]
}

fn gullet() -> Vec<Part> {
    let line = path(
        &[
            [-3.0, -18.0, 260.0],
            [-5.0, -29.0, 110.0],
            [-8.0, -40.0, 50.0],
            [-9.0, -38.0, -20.0],
            [-14.0, -30.0, -70.0],
            [-24.0, -12.0, -96.0],
        ],
        5,
    );
    vec![
        Part::new(Material::plain(34.0, NONE), Shape::rods(&line, 7.0, 7.5)),
        Part::new(Material::plain(-600.0, None), Shape::rods(&line[..line.len() / 2], 1.7, 1.2)),
    ]
}

/// Stomach with its bubble of air, spleen, kidneys and loops of bowel under the diaphragm.
fn belly(contrast: bool) -> Vec<Part> {
    let organ = |plain: f32, enhanced: f32| Material {
        mottle_hu: 6.0,
        mottle_mm: 9.0,
        ..Material::plain(if contrast { enhanced } else { plain }, NONE)
    };
    let tilt: [Vec3; 3] = [[0.8, 0.6, 0.0], [-0.6, 0.8, 0.0], [0.0, 0.0, 1.0]];
    let stomach = Shape::Ellipsoid {
        centre: [-58.0, 22.0, -128.0],
        axes: tilt,
        radii_mm: [36.0, 44.0, 40.0],
    };
    let mut parts = vec![
        Part::new(
            organ(52.0, 125.0),
            [Shape::Ellipsoid {
                centre: [-86.0, -34.0, -134.0],
                axes: tilt,
                radii_mm: [18.0, 38.0, 40.0],
            }],
        ),
        Part::new(
            Material {
                shell_mm: 3.5,
                shell_hu: if contrast { 85.0 } else { 45.0 },
                ..Material::plain(18.0, NONE)
            },
            [stomach],
        ),
        Part::new(
            Material::plain(-970.0, None),
            [Shape::ball([-56.0, 42.0, -120.0], [22.0, 13.0, 24.0])],
        ),
    ];
    for side in [-1.0f32, 1.0] {
        let centre = [side * 56.0, -44.0, -196.0 + 10.0 * -side];
        parts.push(Part::new(
            Material {
                shell_mm: 9.0,
                shell_hu: if contrast { 210.0 } else { 34.0 },
                ..organ(30.0, 130.0)
            },
            [Shape::Ellipsoid { centre, axes: UPRIGHT, radii_mm: [26.0, 24.0, 52.0] }],
        ));
    }
    for loop_ in 0..9 {
        let (column, row) = ((loop_ % 3) as f32, (loop_ / 3) as f32);
        let centre = [-62.0 + 48.0 * column, 48.0 - 20.0 * row, -208.0 - 24.0 * row + 9.0 * column];
        parts.push(Part::new(
            Material { shell_mm: 2.5, shell_hu: 60.0, ..Material::plain(15.0, None) },
            [Shape::ball(centre, [21.0, 14.0, 15.0])],
        ));
        parts.push(Part::new(
            Material::plain(-900.0, None),
            [Shape::ball([centre[0], centre[1] + 6.0, centre[2]], [11.0, 5.0, 9.0])],
        ));
    }
    parts
}
