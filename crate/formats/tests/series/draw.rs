//! Series drawn slice by slice: what a scanner would write, as headers.

use hounsfield_codecs::Shape;
use hounsfield_formats::{
    dicom::header::{Frame, Header},
    item::{Item, Kind, Place},
};

/// How a patient lies in a stack: direction of rows, of columns; LPS.
pub(crate) type Orientation = [f64; 6];

pub(crate) const AXIAL: Orientation = [1.0, 0.0, 0.0, 0.0, 1.0, 0.0];
pub(crate) const PRONE: Orientation = [-1.0, 0.0, 0.0, 0.0, -1.0, 0.0];
/// Feet first on the back, as scanners write it whose images are seen from the head.
pub(crate) const FEET_FIRST: Orientation = [-1.0, 0.0, 0.0, 0.0, 1.0, 0.0];
pub(crate) const DECUBITUS: Orientation = [0.0, 1.0, 0.0, -1.0, 0.0, 0.0];
pub(crate) const SAGITTAL: Orientation = [0.0, 1.0, 0.0, 0.0, 0.0, -1.0];
pub(crate) const CORONAL: Orientation = [1.0, 0.0, 0.0, 0.0, 0.0, -1.0];
/// A turn about all three axes, exact in its digits.
pub(crate) const OBLIQUE: Orientation = [0.36, 0.48, -0.8, -0.8, 0.6, 0.0];

pub(crate) fn normal(o: &Orientation) -> [f64; 3] {
    [o[1] * o[5] - o[2] * o[4], o[2] * o[3] - o[0] * o[5], o[0] * o[4] - o[1] * o[3]]
}

/// A regular CT of 5 slices, 4 columns, 3 rows: 0.7 × 0.8 × 2.5 mm.
pub(crate) struct Draw {
    pub(crate) orientation: Orientation,
    pub(crate) origin: [f64; 3],
    /// Where slices lie, along the normal and along row and column.
    pub(crate) at: Vec<[f64; 3]>,
    pub(crate) header: Header,
    pub(crate) spacing: [f64; 2],
}

impl Draw {
    pub(crate) fn new(orientation: Orientation, slices: usize, step_mm: f64) -> Self {
        let header = Header {
            sop_class: "1.2.840.10008.5.1.4.1.1.2".into(),
            series: "1.2.3".into(),
            frame_of_reference: "1.2.3.4".into(),
            modality: "CT".into(),
            description: "thorax".into(),
            series_number: Some(2),
            acquisition_number: Some(1),
            image_type: ["ORIGINAL", "PRIMARY", "AXIAL"].map(String::from).to_vec(),
            shape: Some(Shape {
                columns: 4,
                rows: 3,
                samples_per_pixel: 1,
                bits_allocated: 16,
                bits_stored: 12,
                signed: false,
            }),
            high_bit: 11,
            photometric: "MONOCHROME2".into(),
            thickness_mm: Some(3.0),
            ..Header::default()
        };
        Self {
            orientation,
            origin: [-120.5, 30.25, 1000.125],
            at: (0..slices).map(|k| [k as f64 * step_mm, 0.0, 0.0]).collect(),
            header,
            spacing: [0.7, 0.8],
        }
    }

    pub(crate) fn axial(slices: usize) -> Self {
        Self::new(AXIAL, slices, 2.5)
    }

    pub(crate) fn position(&self, k: usize) -> [f64; 3] {
        let o = &self.orientation;
        let n = normal(o);
        let [d, u, v] = self.at[k];
        [0, 1, 2].map(|r| self.origin[r] + d * n[r] + u * o[r] + v * o[r + 3])
    }

    /// One item a slice, named by its place in the stack, numbered against it.
    pub(crate) fn items(&self, first_file: usize) -> Vec<Item> {
        let count = self.at.len();
        (0..count)
            .map(|k| {
                let header = Header {
                    sop_instance: format!("1.9.{first_file}.{k}"),
                    instance_number: Some((count - k) as i32),
                    frames: vec![Frame {
                        position_lps: Some(self.position(k)),
                        orientation_lps: Some(self.orientation),
                        spacing_mm: Some(self.spacing),
                        slope: Some(1.0),
                        intercept: Some(-1024.0),
                        ..Frame::default()
                    }],
                    ..self.header.clone()
                };
                item(first_file + k, &format!("s{first_file}/{k:03}"), header)
            })
            .collect()
    }
}

pub(crate) fn item(file: usize, name: &str, header: Header) -> Item {
    Item {
        place: Place { file, entry: None },
        name: name.into(),
        bytes: 1000,
        kind: Kind::Dicom(Box::new(header)),
    }
}

pub(crate) fn header(item: &mut Item) -> &mut Header {
    match &mut item.kind {
        Kind::Dicom(header) => header,
        other => panic!("no DICOM: {other:?}"),
    }
}

/// Numbers that look random and never change.
pub(crate) struct Dice(pub(crate) u64);

impl Dice {
    pub(crate) fn next(&mut self) -> f64 {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 11) as f64 / (1u64 << 53) as f64
    }

    pub(crate) fn shuffle<T>(&mut self, values: &mut [T]) {
        for i in (1..values.len()).rev() {
            values.swap(i, (self.next() * (i + 1) as f64) as usize);
        }
    }

    /// Row and column of a random rotation.
    pub(crate) fn orientation(&mut self) -> Orientation {
        let unit = |v: [f64; 3]| v.map(|x| x / v.iter().map(|y| y * y).sum::<f64>().sqrt());
        loop {
            let mut v = || [self.next() - 0.5, self.next() - 0.5, self.next() - 0.5];
            let (row, other) = (unit(v()), unit(v()));
            let along: f64 = row.iter().zip(other).map(|(a, b)| a * b).sum();
            if along.abs() < 0.9 {
                let c = unit([0, 1, 2].map(|i| other[i] - along * row[i]));
                return [row[0], row[1], row[2], c[0], c[1], c[2]];
            }
        }
    }
}
