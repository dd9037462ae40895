//! The soft envelope: skin, fat, muscle, the rib cage's inside, lungs, diaphragm, and the table.

use super::canvas::{Canvas, Frame};
use super::math::{Vec3, interpolate, smooth};
use super::random::texture;
use super::{LUNG_LEFT, LUNG_RIGHT};

/// An oval whose front and back differ, rounder or boxier by `square` (0…0.6).
#[derive(Debug, Clone, Copy)]
pub(super) struct Oval {
    pub(super) half_x: f32,
    pub(super) front: f32,
    pub(super) back: f32,
    pub(super) centre_y: f32,
    pub(super) square: f32,
}

impl Oval {
    /// (level, signed distance to first order in mm): the level is 0 in the middle and 1 on the line.
    pub(super) fn at(&self, x: f32, y: f32) -> (f32, f32) {
        let dy = y - self.centre_y;
        let half_y = if dy > 0.0 { self.front } else { self.back };
        let (u, v) = (x / self.half_x, dy / half_y);
        let (uu, vv) = (u * u, v * v);
        let level2 = (uu + vv - self.square * uu * vv).max(1e-6);
        let (gx, gy) =
            (u / self.half_x * (1.0 - self.square * vv), v / half_y * (1.0 - self.square * uu));
        let slope = (gx * gx + gy * gy).sqrt().max(1e-5);
        let level = level2.sqrt();
        (level, level * (level - 1.0) / slope)
    }

    /// The point on the line in the direction (sin, cos) seen from its centre, cos towards the front.
    pub(super) fn point(&self, sin: f32, cos: f32) -> [f32; 2] {
        let half_y = if cos > 0.0 { self.front } else { self.back };
        let (p, q) = (sin * sin / (self.half_x * self.half_x), cos * cos / (half_y * half_y));
        // r²(p + q) − square · r⁴ p q = 1, the smaller root.
        let a = self.square * p * q;
        let r2 = if a < 1e-12 {
            1.0 / (p + q)
        } else {
            ((p + q) - ((p + q) * (p + q) - 4.0 * a).max(0.0).sqrt()) / (2.0 * a)
        };
        let r = r2.sqrt();
        [r * sin, self.centre_y + r * cos]
    }
}

/// z in mm, then half width, front, back and centre.
const TORSO: [(f32, [f32; 4]); 9] = [
    (-400.0, [158.0, 112.0, 112.0, 0.0]),
    (-160.0, [158.0, 112.0, 116.0, 0.0]),
    (-60.0, [164.0, 112.0, 122.0, 0.0]),
    (20.0, [168.0, 110.0, 124.0, -2.0]),
    (90.0, [176.0, 92.0, 122.0, -6.0]),
    (135.0, [172.0, 66.0, 104.0, -14.0]),
    (165.0, [118.0, 52.0, 80.0, -22.0]),
    (190.0, [66.0, 52.0, 62.0, -22.0]),
    (400.0, [60.0, 58.0, 62.0, -12.0]),
];

const CAGE: [(f32, [f32; 4]); 9] = [
    (-400.0, [126.0, 80.0, 78.0, 2.0]),
    (-160.0, [132.0, 88.0, 86.0, 2.0]),
    (-100.0, [138.0, 90.0, 90.0, 2.0]),
    (-40.0, [138.0, 88.0, 94.0, 0.0]),
    (20.0, [132.0, 80.0, 96.0, -3.0]),
    (70.0, [118.0, 66.0, 92.0, -8.0]),
    (110.0, [94.0, 50.0, 78.0, -14.0]),
    (138.0, [64.0, 38.0, 54.0, -20.0]),
    (160.0, [40.0, 26.0, 34.0, -24.0]),
];

/// Half width of the midline tissue between the lungs.
const MEDIASTINUM: [(f32, f32); 6] =
    [(-90.0, 24.0), (-30.0, 26.0), (15.0, 30.0), (60.0, 28.0), (100.0, 27.0), (140.0, 30.0)];

/// The y of the vertebral bodies' centres: forward in the neck and the loin, back in the chest.
const SPINE: [(f32, f32); 7] = [
    (-400.0, -40.0),
    (-230.0, -36.0),
    (-140.0, -46.0),
    (-60.0, -56.0),
    (30.0, -62.0),
    (120.0, -50.0),
    (230.0, -32.0),
];

pub(super) fn spine_y(z: f32) -> f32 {
    interpolate(&SPINE, z)
}

fn oval(table: &[(f32, [f32; 4])], z: f32, square: f32) -> Oval {
    let column = |k: usize| {
        let mut curve = [(0.0, 0.0); 9];
        for (entry, row) in curve.iter_mut().zip(table) {
            *entry = (row.0, row.1[k]);
        }
        interpolate(&curve, z)
    };
    Oval { half_x: column(0), front: column(1), back: column(2), centre_y: column(3), square }
}

/// The mid-line of the ribs at height `z`.
pub(super) fn cage(z: f32) -> Oval {
    oval(&CAGE, z, 0.25)
}

/// One voxel's HU while layers go over it.
#[derive(Debug)]
struct Ink(f32);

impl Ink {
    fn over(&mut self, hu: f32, amount: f32) {
        self.0 += (hu - self.0) * amount;
    }
}

/// Everything about one height that does not depend on x and y.
#[derive(Debug, Clone, Copy)]
pub(super) struct Level {
    z: f32,
    torso: Oval,
    pub(super) cage: Oval,
    mediastinum: f32,
    fat_mm: f32,
    /// Tissue between the ribs' mid-line and the lung: thick at the apex, where the dome closes.
    lining_mm: f32,
    spine_y: f32,
}

impl Level {
    pub(super) fn new(z: f32) -> Self {
        let apex = (z - 96.0).max(0.0);
        Self {
            z,
            torso: oval(&TORSO, z, 0.3),
            cage: cage(z),
            mediastinum: interpolate(&MEDIASTINUM, z),
            fat_mm: 13.0 - 7.0 * smooth(60.0, 180.0, z) + 5.0 * smooth(-60.0, -180.0, z),
            lining_mm: 5.5 + apex * apex / 95.0,
            spine_y: spine_y(z),
        }
    }

    /// Signed distance to the chest and belly cavity.
    fn cavity(&self, x: f32, y: f32) -> (f32, f32) {
        let (level, distance) = self.cage.at(x, y);
        (level, distance + self.lining_mm)
    }

    /// Signed distance to the diaphragm's dome: negative above it, where the lungs are.
    fn dome(&self, x: f32, y: f32, level: f32) -> f32 {
        // The right dome stands higher; both fall steeply behind and at the sides.
        let top = -70.0 + 12.0 * smooth(-30.0, 40.0, x);
        let l2 = level * level;
        let dip = 16.0 * l2 + 52.0 * l2 * l2 * l2 + 26.0 * smooth(10.0, -80.0, y);
        // Near the rim the dome is steep, so height overstates the distance.
        (top - dip - self.z) / (1.0 + 1.6 * l2 * l2)
    }

    /// Signed distance to the midline tissue.
    fn midline(&self, x: f32, y: f32) -> f32 {
        // The lungs nearly meet behind the breastbone; behind, they wrap the spine.
        let narrow = 1.0 - 0.8 * smooth(18.0, 62.0, y) * smooth(120.0, 70.0, self.z);
        let behind = smooth(self.spine_y + 30.0, self.spine_y - 4.0, y);
        // Rib necks and muscle fill the corner beside the spine.
        let corner = 0.9 * (self.spine_y - 8.0 - y).max(0.0);
        let half = self.mediastinum * narrow * (1.0 - behind) + (20.0 + corner) * behind;
        x.abs() - half
    }

    /// Signed distance to the lung of the side `p` is on: negative inside.
    pub(super) fn lung(&self, x: f32, y: f32) -> f32 {
        let (level, cavity) = self.cavity(x, y);
        cavity.max(self.dome(x, y, level)).max(-self.midline(x, y))
    }

    /// Scanner noise is strongest where the rays crossed most tissue.
    pub(super) fn noise_factor(&self, x: f32, y: f32) -> f32 {
        let (level, _) = self.torso.at(x, y);
        let shoulders = 1.0 + 0.6 * smooth(95.0, 130.0, self.z) * smooth(190.0, 160.0, self.z);
        shoulders * (0.55 + 0.45 * (1.0 - level).max(0.0) + 0.15 * smooth(1.0, 0.9, level))
    }

    /// Lays down table, skin, fat, muscle, cavity and lungs over what the canvas holds.
    pub(super) fn fill(&self, canvas: &mut Canvas<'_>, contrast: bool) {
        let frame = canvas.frame;
        let [nx, ny] = frame.size;
        for y in 0..ny {
            for x in 0..nx {
                let p = frame.at(x, y);
                let i = y * nx + x;
                let (level, torso) = self.torso.at(p[0], p[1]);
                if torso > 6.0 {
                    canvas.hu[i] = self.table(p, canvas.hu[i], |d| frame.cover(d, 0.0));
                    continue;
                }
                let cover = |distance: f32| frame.cover(distance, 0.15);
                let mut ink = Ink(canvas.hu[i]);
                let fat_mm =
                    self.fat_mm * (0.55 + 0.6 * smooth(0.2, 0.9, (p[0] / self.torso.half_x).abs()));
                let grain = if torso > -45.0 { texture(frame.seed ^ 0xfa7, p, 15.0) } else { 0.0 };
                ink.over(10.0, cover(torso));
                ink.over(-104.0 + 9.0 * grain, cover(torso + 1.8));
                ink.over(54.0, cover(torso + fat_mm + 2.4 * grain));
                let (cage_level, cavity) = self.cavity(p[0], p[1]);
                // Fat between the muscles of the chest wall.
                let plane = (cavity - self.lining_mm - 13.0 - 4.0 * grain).abs() - 1.2;
                let amount = smooth(-2.0, -8.0, torso + fat_mm) * smooth(112.0, 85.0, p[2]);
                ink.over(-80.0, 0.8 * cover(plane) * amount);
                let inside = cover(cavity);
                if inside > 0.0 {
                    let dome = self.dome(p[0], p[1], cage_level);
                    let midline = self.midline(p[0], p[1]);
                    self.fill_cavity(&frame, p, [cavity, dome, midline], contrast, &mut ink);
                    if cavity.max(dome).max(-midline) < 0.0 {
                        canvas.labels[i] = if p[0] < 0.0 { LUNG_LEFT } else { LUNG_RIGHT };
                    }
                }
                // `level` above 1 means the voxel is mostly air: the table may show through.
                canvas.hu[i] =
                    if level > 1.0 { self.table(p, ink.0, |d| frame.cover(d, 0.0)) } else { ink.0 };
            }
        }
    }

    /// Fat, diaphragm, liver and lung; `walls` are the distances to cavity, dome and midline.
    fn fill_cavity(&self, frame: &Frame, p: Vec3, walls: [f32; 3], contrast: bool, ink: &mut Ink) {
        let [x, y, z] = p;
        let [cavity, dome, midline] = walls;
        let inside = frame.cover(cavity, 0.15);
        ink.over(-98.0 + 10.0 * texture(frame.seed ^ 0x0b0d, p, 9.0), inside);
        if dome > -4.0 {
            // Diaphragm, and under its right dome the liver.
            ink.over(50.0, inside * frame.cover(dome.abs() - 1.5, 0.8));
            let [dx, dy, dz] = [(x - 42.0) / 92.0, (y - 8.0) / 86.0, (z + 112.0) / 78.0];
            let liver = ((dx * dx + dy * dy + dz * dz).sqrt() - 1.0) * 70.0;
            let liver = liver.max(2.5 - dome).max(cavity + 3.0).max(-x - 34.0 - 0.3 * y);
            let hu = if contrast { 104.0 } else { 58.0 };
            ink.over(hu + 5.0 * texture(frame.seed ^ 0x11, p, 11.0), frame.cover(liver, 0.5));
        }
        let lung = inside * frame.cover(-midline, 0.0) * frame.cover(dome, 0.8);
        if lung > 0.0 {
            // Gravity: the back of the lung holds more blood. Two scales of mottle look like lobules.
            let mottle = 16.0 * texture(frame.seed ^ 0x1095, p, 8.0)
                + 13.0 * texture(frame.seed ^ 0x1096, p, 3.1);
            ink.over(-872.0 - 0.24 * y + mottle, lung);
            // The oblique fissures, and on the right the horizontal one: films thinner than a voxel.
            let oblique = 0.68 * (z - 0.1 * y - 8.0) + 0.73 * (y - 10.0) + 0.2 * mottle;
            let horizontal = if x > 0.0 && oblique > 0.0 { z - 14.0 + 0.12 * x } else { 9.0 };
            let film = oblique.abs().min(horizontal.abs()) - 0.2;
            ink.over(-640.0, 0.5 * lung * frame.cover(film, 0.5));
        }
    }

    /// A curved carbon-fibre couch under the patient.
    fn table(&self, p: Vec3, under: f32, cover: impl Fn(f32) -> f32) -> f32 {
        let [x, y, _] = p;
        let top = -131.0 + x * x / 620.0;
        if y > top + 2.0 || y < -185.0 {
            return under;
        }
        let bottom = -163.0 + x * x / 1500.0;
        let depth = (y - top).max(bottom - y).max(x.abs() - 204.0);
        let hu = under + (35.0 - under) * cover(depth);
        hu + (-915.0 - hu) * cover(depth + 2.2)
    }
}
