//! How the slices of a series lie, as far as the files say; what they do not say is assumed aloud.

use hounsfield::{
    Error, Note,
    facts::{PixelSpacing, Placement},
};

use super::{
    geometry::{Axes, Line, Steps, V3, along, distance},
    series::{Piece, Series},
};
use crate::{openable::Asks, plan::Options};

/// Smaller angles come from rounding; the grid follows them without a word.
pub(super) const TILT_DEG: f64 = 0.1;
/// Slices farther off the line, in pixels, are named.
pub(super) const WANDER_PX: f64 = 0.1;
/// Slices of one series whose axes differ by more are named.
const AXES_DEG: f64 = 0.05;

/// How the slices of a series lie.
#[derive(Debug)]
pub(super) struct Lie {
    pub(super) axes: Axes,
    /// LPS millimetres of the first pixel of the first slice.
    pub(super) origin: V3,
    /// Distance of each slice from the first, along the normal; empty where positions are unknown.
    pub(super) d_mm: Vec<f64>,
    pub(super) line: Line,
    pub(super) steps: Option<Steps>,
    pub(super) placement: Placement,
}

/// Axes, line and steps; what had to be assumed is noted.
pub(super) fn lie(series: &Series, notes: &mut Vec<Note>) -> Lie {
    let slices = &series.slices;
    let first = slices.first();
    let stated = series.axes;
    let axes = stated.unwrap_or(Axes::AXIAL);
    let positions: Option<Vec<V3>> = slices.iter().map(|s| s.position).collect();
    let placement = if stated.is_some() && positions.is_some() {
        Placement::Stated
    } else {
        Placement::Assumed
    };
    let mut lie = Lie {
        axes,
        origin: first.and_then(|s| s.position).unwrap_or_default(),
        d_mm: Vec::new(),
        line: Line::default(),
        steps: None,
        placement,
    };
    if stated.is_none() {
        notes.push(Note::new(
            "orientation_assumed",
            "The files do not say how the patient lies in the image: rows are taken to run to the patient's left, columns to the back; left and right may be swapped.",
        ));
    }
    if positions.is_none() {
        notes.push(Note::new(
            "position_assumed",
            if slices.len() > 1 {
                "The files do not say where the slices lie: they are in the order of their instance numbers, which may be upside down."
            } else {
                "The file does not say where the slice lies."
            },
        ));
    }
    let widest = slices
        .iter()
        .filter_map(|s| Some((s.axes?.angle_deg(&axes), s)))
        .max_by(|a, b| a.0.total_cmp(&b.0));
    if let Some((degrees, slice)) = widest.filter(|(degrees, _)| *degrees > AXES_DEG) {
        notes.push(Note::new(
            "orientation_differs",
            format!("Slices are turned against each other by up to {degrees:.2}° (“{}”); one slice's axes are used for all.", slice.name),
        ));
    }
    let Some(positions) = positions else { return lie };
    let split: Vec<V3> = positions.iter().map(|p| axes.split(*p)).collect();
    let pixel = first.and_then(|s| s.spacing).map_or(1.0, |[x, y]| x.min(y));
    lie.line = Line::through(&split, WANDER_PX * pixel);
    let start = split.first().map_or(0.0, |p| p[2]);
    lie.d_mm = split.iter().map(|p| p[2] - start).collect();
    lie.steps = Steps::of(&lie.d_mm);
    let [u, v] = lie.line.start_mm;
    lie.origin = along(along(lie.origin, axes.row, u), axes.column, v);
    if let Some(stated) = series.header.stated_tilt_deg
        && stated.abs() > TILT_DEG
        && lie.steps.is_some()
        && lie.line.tilt_deg() <= TILT_DEG
    {
        notes.push(Note::new(
            "tilt_stated",
            format!("The files state a gantry tilt of {stated}°, but the slices lie straight above each other; positions are believed."),
        ));
    }
    lie
}

/// Distance of columns and of rows, and where it comes from.
pub(super) fn spacing(
    first: &Piece,
    options: &Options,
    asks: &mut Asks,
    notes: &mut Vec<Note>,
) -> Result<([f64; 2], PixelSpacing), Error> {
    if first.spacing.is_none() {
        asks.spacing = true;
    }
    if let Some(given) = options.spacing_mm {
        if let Some(bad) = given.iter().find(|mm| !(1e-3..=1e3).contains(*mm)) {
            return Err(Error::BadParameter {
                name: "spacing",
                value: format!("{bad} mm"),
                expected: "each axis must lie between 0.001 and 1000 mm",
            });
        }
        let [x, y, z] = given;
        notes.push(Note::new(
            "spacing_given",
            format!(
                "The reader stated a spacing of {x} × {y} × {z} mm; the files' own is not used."
            ),
        ));
        return Ok(([x, y], PixelSpacing::Given));
    }
    match first.spacing {
        Some([x, y]) => {
            if first.spacing_at_detector {
                notes.push(Note::new(
                    "spacing_at_detector",
                    format!("The pixel spacing of {x} × {y} mm is that at the detector: in the patient it is smaller."),
                ));
                return Ok(([x, y], PixelSpacing::Detector));
            }
            Ok(([x, y], PixelSpacing::Stated))
        }
        None => {
            notes.push(Note::new(
                "spacing_assumed",
                "The files state no pixel spacing: 1 mm is assumed, and lengths and volumes are wrong by as much as it is off.",
            ));
            Ok(([1.0, 1.0], PixelSpacing::Assumed))
        }
    }
}

/// Distance of planes along the normal, and whether it comes from positions.
pub(super) fn step(
    series: &Series,
    lie: &Lie,
    options: &Options,
    asks: &mut Asks,
    notes: &mut Vec<Note>,
) -> (f64, bool) {
    if let Some([_, _, z]) = options.spacing_mm {
        asks.spacing |= lie.steps.is_none();
        return (z, false);
    }
    if let Some(steps) = &lie.steps {
        return (steps.step_mm, true);
    }
    let header = &series.header;
    let between = distance(header.spacing_between_mm).map(|mm| (mm, "Spacing Between Slices"));
    let thickness = distance(header.thickness_mm).map(|mm| (mm, "Slice Thickness"));
    let one = series.slices.len() == 1;
    let stated = if one { thickness.or(between) } else { between.or(thickness) };
    let why = if one { "There is one slice" } else { "The slices have no positions" };
    asks.spacing |= !one;
    match stated {
        Some((mm, from)) => {
            notes.push(Note::new(
                "step_assumed",
                format!("{why}: the distance of planes, {mm} mm, is the file's {from}."),
            ));
            (mm, false)
        }
        None => {
            notes.push(Note::new(
                "step_assumed",
                format!("{why}, and nothing states their distance: 1 mm is assumed."),
            ));
            (1.0, false)
        }
    }
}
