//! The plan's grid in DICOM's words: LPS millimetres, decimal strings of 16 characters.

use hounsfield::{Error, grid::Affine};

use crate::plan::Plan;

/// Longest decimal string (value representation DS).
const DECIMAL_CHARACTERS: usize = 16;

/// Where frames lie.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Geometry {
    pub(super) columns: u16,
    pub(super) rows: u16,
    pub(super) planes: usize,
    /// Directions of a row and of a column.
    orientation_lps: [f64; 6],
    /// Distance of columns, of rows, and of planes along their normal.
    spacing_mm: [f64; 3],
    thickness_mm: f64,
    lps_from_file: Affine,
}

impl Geometry {
    /// # Errors
    /// [`Error::BadGrid`] where DICOM cannot hold the size.
    pub(super) fn of(plan: &Plan) -> Result<Self, Error> {
        let [columns, rows, planes] = plan.file_size;
        let too_long = |_| Error::BadGrid {
            what: "size",
            value: format!("{:?}", plan.file_size),
            expected: "DICOM holds at most 65535 rows and columns",
        };
        let [right, anterior, superior] = plan.ras_from_file;
        let lps_from_file = [right.map(|v| -v), anterior.map(|v| -v), superior];
        let [i, j, k] = [0, 1, 2].map(|axis| lps_from_file.map(|row| row[axis]));
        let [along, down] = [unit(i), unit(j)];
        let normal = unit(cross(along, down));
        let step_mm = dot(k, normal).abs();
        let stated = plan.info.facts.stack.as_ref().and_then(|stack| stack.thickness_mm);
        let [a, b] = [along, down];
        Ok(Self {
            columns: u16::try_from(columns).map_err(too_long)?,
            rows: u16::try_from(rows).map_err(too_long)?,
            planes,
            orientation_lps: [a[0], a[1], a[2], b[0], b[1], b[2]],
            spacing_mm: [length(i), length(j), step_mm],
            thickness_mm: stated.filter(|mm| *mm > 0.0).unwrap_or(step_mm),
            lps_from_file,
        })
    }

    pub(super) fn frame_pixels(&self) -> usize {
        usize::from(self.columns) * usize::from(self.rows)
    }

    /// Image Position (Patient) of plane `k`.
    pub(super) fn position(&self, k: usize) -> Vec<String> {
        self.lps_from_file.iter().map(|row| decimal(row[2] * k as f64 + row[3])).collect()
    }

    /// Image Orientation (Patient).
    pub(super) fn orientation(&self) -> Vec<String> {
        self.orientation_lps.map(decimal).into()
    }

    /// Pixel Spacing: of rows, then of columns.
    pub(super) fn pixel_spacing(&self) -> Vec<String> {
        vec![decimal(self.spacing_mm[1]), decimal(self.spacing_mm[0])]
    }

    pub(super) fn spacing_between(&self) -> String {
        decimal(self.spacing_mm[2])
    }

    pub(super) fn thickness(&self) -> String {
        decimal(self.thickness_mm)
    }

    /// Every number, for the hash.
    pub(super) fn bytes(&self) -> Vec<u8> {
        let numbers = self.lps_from_file.as_flattened().iter();
        numbers.flat_map(|value| value.to_le_bytes()).collect()
    }
}

/// A number in at most 16 characters, as exact as they allow.
fn decimal(value: f64) -> String {
    let exact = format!("{}", if value == 0.0 { 0.0 } else { value });
    if exact.len() <= DECIMAL_CHARACTERS {
        return exact;
    }
    let fits = (0..=14).rev().map(|digits| format!("{value:.digits$}"));
    let mut fits = fits.filter(|text| text.len() <= DECIMAL_CHARACTERS);
    let text = fits.next().unwrap_or_else(|| format!("{value:.8e}"));
    let text =
        if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { &text };
    if matches!(text, "-0" | "-") { "0".into() } else { text.into() }
}

fn dot(a: [f64; 3], b: [f64; 3]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

fn cross(a: [f64; 3], b: [f64; 3]) -> [f64; 3] {
    [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]]
}

fn length(a: [f64; 3]) -> f64 {
    dot(a, a).sqrt()
}

fn unit(a: [f64; 3]) -> [f64; 3] {
    let length = length(a);
    a.map(|value| value / length)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_fit_and_stay_exact() {
        assert_eq!(decimal(0.703125), "0.703125");
        assert_eq!(decimal(-0.0), "0");
        assert_eq!(decimal(-1e-300), "0");
        assert_eq!(decimal(std::f64::consts::FRAC_1_SQRT_2), "0.70710678118655");
        for value in [-123.456_789_012_345_68, 1.0 / 3.0, -2.0 / 3e3, 12_345_678.901_234_567] {
            let text = decimal(value);
            assert!(text.len() <= 16, "{text}");
            assert!((text.parse::<f64>().unwrap() - value).abs() <= value.abs() * 1e-10, "{text}");
        }
    }
}
