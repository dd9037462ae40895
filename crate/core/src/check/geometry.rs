//! Where the voxels lie: spacing, missing slices, tilt, orientation.

use super::{CheckItem, Status};
use crate::{
    Facts, Grid,
    facts::{PixelSpacing, Placement, Stack, Units},
};

/// Neighbouring slices that differ from the step by less than this are even …
const EVEN_MM: f64 = 0.01;
/// … or by less than this share of it.
const EVEN_SHARE: f64 = 0.01;
/// Beyond this share of a step a slice lies nearer to another plane's place than to be ignored.
const UNEVEN_SHARE: f64 = 0.25;
/// A slice farther than this share of a step from its plane belongs to another one.
const OFF_SHARE: f64 = 0.5;
/// A slice farther to the side than this is out of the shape that it is part of.
const STRAY_MM: f64 = 2.0;
/// Slices further apart than this hide what is between them.
const COARSE_MM: f64 = 5.0;
/// Slices that are thicker or thinner than their distance by this share overlap or leave gaps.
const THICKNESS_SHARE: f64 = 0.05;
/// What rounding in headers makes of an upright gantry.
const UPRIGHT_DEG: f64 = 0.1;

pub(super) fn spacing(grid: &Grid, facts: &Facts) -> CheckItem {
    let (mut status, mut value, mut message) = match &facts.stack {
        Some(stack) => stacked(grid, stack),
        None => in_a_block(grid, facts),
    };
    if let Some((worse, word, why)) = not_stated(facts.pixel_spacing)
        && worse >= status
    {
        (status, message) = (worse, why.into());
        value = format!("{}, {word}", spacing_text(grid));
    }
    CheckItem::new("spacing", "Spacing", status, value, message)
}

/// What is wrong with a distance of pixels that the file does not state.
fn not_stated(from: PixelSpacing) -> Option<(Status, &'static str, &'static str)> {
    match from {
        PixelSpacing::Stated => None,
        PixelSpacing::Detector => Some((
            Status::Warn,
            "at the detector",
            "The distance of pixels is that at the detector: in the patient it is smaller, and so are lengths and volumes.",
        )),
        PixelSpacing::Given => Some((
            Status::Warn,
            "given",
            "The distance of voxels was stated by the reader, not by the file: check it before you measure.",
        )),
        PixelSpacing::Assumed => Some((
            Status::Fail,
            "assumed",
            "The file does not state the distance of pixels; 1 mm is assumed: lengths and volumes are wrong by as much as it is off.",
        )),
    }
}

fn stacked(grid: &Grid, stack: &Stack) -> (Status, String, String) {
    let step = stack.step_mm;
    let value = if (stack.max_step_mm - stack.min_step_mm).abs() > EVEN_MM {
        format!("{:.2} to {:.2} mm, grid {step:.2} mm", stack.min_step_mm, stack.max_step_mm)
    } else {
        format!("{step:.2} mm")
    };
    if stack.planes <= 1 {
        return (
            Status::Warn,
            spacing_text(grid),
            "There is one slice only: volumes rest on the thickness that was assumed for it."
                .into(),
        );
    }
    if !stack.step_from_positions {
        return (
            Status::Warn,
            value,
            "The files do not say where each slice lies: the distance of slices was stated by the reader or assumed."
                .into(),
        );
    }
    if stack.off_mm > EVEN_MM.max(OFF_SHARE * step) {
        return (
            Status::Fail,
            value,
            format!(
                "Slices are uneven and lie up to {:.2} mm from their planes: shapes and volumes are distorted.",
                stack.off_mm
            ),
        );
    }
    if stack.stray_mm > STRAY_MM {
        return (Status::Fail, value, stray(stack.stray_mm));
    }
    let off = (stack.max_step_mm - step).max(step - stack.min_step_mm);
    if off > EVEN_MM.max(UNEVEN_SHARE * step) {
        return (
            Status::Fail,
            value,
            format!("Slices are uneven by up to {off:.2} mm: shapes and volumes are distorted."),
        );
    }
    if off > EVEN_MM.max(EVEN_SHARE * step) {
        return (
            Status::Warn,
            value,
            format!("Slices are uneven: they lie up to {off:.2} mm from an even grid's step."),
        );
    }
    if stack.stray_mm > 0.0 {
        return (Status::Warn, value, stray(stack.stray_mm));
    }
    if step > COARSE_MM {
        return (Status::Warn, value, coarse(step));
    }
    match stack.thickness_mm {
        Some(mm) if mm > step * (1.0 + THICKNESS_SHARE) => {
            (Status::Pass, value, format!("Slices are even and overlap: each is {mm:.2} mm thick."))
        }
        Some(mm) if mm > 0.0 && mm < step * (1.0 - THICKNESS_SHARE) => (
            Status::Warn,
            value,
            format!(
                "Slices are even, but only {mm:.2} mm thick: what lies in the {:.2} mm between them was never seen.",
                step - mm
            ),
        ),
        _ => (Status::Pass, value, "Slices are even.".into()),
    }
}

fn in_a_block(grid: &Grid, facts: &Facts) -> (Status, String, String) {
    let spacing_mm = grid.spacing_mm();
    let value = spacing_text(grid);
    let widest = spacing_mm.into_iter().fold(0.0, f64::max);
    if facts.units == Units::Grey {
        let message = "A picture's spacing is stated by the reader, taken from its resolution or assumed: check it before you measure.";
        return (Status::Warn, value, message.into());
    }
    if widest > COARSE_MM {
        return (Status::Warn, value, coarse(widest));
    }
    (Status::Pass, value, "The file holds an even grid.".into())
}

fn stray(mm: f64) -> String {
    format!("Slices do not lie on one line: one lies {mm:.2} mm to the side of the others.")
}

fn coarse(mm: f64) -> String {
    format!("Slices are {mm:.1} mm apart: thin bones and small parts fall between them.")
}

fn spacing_text(grid: &Grid) -> String {
    let [x, y, z] = grid.spacing_mm();
    format!("{x:.2} × {y:.2} × {z:.2} mm")
}

pub(super) fn missing(facts: &Facts) -> CheckItem {
    let item = |status, value: String, message: String| {
        CheckItem::new("missing", "Missing slices", status, value, message)
    };
    let Some(stack) = &facts.stack else {
        let message = "The file holds one block: whether a slice was missing when it was made cannot be told.";
        return item(Status::Pass, "one block".into(), message.into());
    };
    let mut value = vec![format!("{} of {} slices", stack.found, stack.planes)];
    let mut add = |count: usize, word: &str| {
        if count > 0 {
            value.push(format!("{count} {word}"));
        }
    };
    add(stack.missing, "missing");
    add(stack.made.len(), "interpolated");
    add(stack.broken, "broken");
    add(stack.duplicates, "duplicate");
    add(stack.elsewhere, "listed apart");
    let value = value.join(", ");
    let lost = stack.missing.saturating_add(stack.broken).saturating_sub(stack.made.len());
    if lost > 0 {
        let why = match (stack.missing, stack.broken) {
            (_, 0) => "missing",
            (0, _) => "broken",
            _ => "missing or broken",
        };
        return item(
            Status::Fail,
            value,
            format!(
                "{} {why}: volumes are too small and parts come apart there.",
                count_of(lost, "slice")
            ),
        );
    }
    // Every second slice is here, and the others are not.
    let half = stack.elsewhere >= stack.found && stack.between.saturating_mul(2) >= stack.elsewhere;
    if stack.elsewhere > 0 && half {
        return item(
            Status::Fail,
            value,
            format!(
                "{} listed apart, though between these: half of the scan or more is not here.",
                count_of(stack.elsewhere, "other slice")
            ),
        );
    }
    if stack.elsewhere > 0 {
        return item(
            Status::Warn,
            value,
            format!(
                "Of this series {} listed apart, for their headers differ: this may not be the whole scan.",
                count_of(stack.elsewhere, "other slice")
            ),
        );
    }
    if !stack.made.is_empty() {
        return item(
            Status::Warn,
            value,
            format!(
                "{} made up between neighbours, as requested.",
                were(stack.made.len(), "plane")
            ),
        );
    }
    if stack.duplicates > 0 {
        return item(
            Status::Warn,
            value,
            format!(
                "No slice is missing, but {} left out because another lies at the same place.",
                were(stack.duplicates, "slice")
            ),
        );
    }
    item(Status::Pass, value, "Every plane has its slice.".into())
}

fn count_of(count: usize, thing: &str) -> String {
    if count == 1 { format!("1 {thing} is") } else { format!("{count} {thing}s are") }
}

fn were(count: usize, thing: &str) -> String {
    if count == 1 { format!("1 {thing} was") } else { format!("{count} {thing}s were") }
}

pub(super) fn tilt(grid: &Grid, facts: &Facts) -> CheckItem {
    let corrected = facts.stack.as_ref().filter(|stack| stack.tilt_corrected);
    // Corrected grids are upright, so the reader says what it was; else the grid itself does.
    let deg = corrected.map_or_else(|| shear_deg(grid), |stack| stack.tilt_deg.abs());
    let (status, message) = if deg <= UPRIGHT_DEG {
        (Status::Pass, "The axes stand at right angles.")
    } else if corrected.is_some() {
        (
            Status::Warn,
            "The gantry was tilted; slices were shifted until the grid is upright, which smooths values a little.",
        )
    } else {
        (
            Status::Warn,
            "The gantry was tilted or the grid is sheared: positions and volumes are right, but radii in millimetres are not.",
        )
    };
    CheckItem::new("tilt", "Tilt", status, format!("{deg:.1}°"), message)
}

/// How far the axes are from right angles with each other.
fn shear_deg(grid: &Grid) -> f64 {
    let m = grid.ras_from_voxel();
    let spacing = grid.spacing_mm();
    let cosine = |a: usize, b: usize| {
        m.iter().map(|row| row[a] * row[b]).sum::<f64>().abs() / (spacing[a] * spacing[b])
    };
    let most = cosine(0, 1).max(cosine(0, 2)).max(cosine(1, 2));
    most.min(1.0).asin().to_degrees()
}

pub(super) fn orientation(facts: &Facts) -> CheckItem {
    let (status, value, message) = match facts.placement {
        Placement::Stated => {
            (Status::Pass, "stated", "The file says where left, front and top are.")
        }
        Placement::Assumed => (
            Status::Warn,
            "assumed",
            "The file does not say where left, front and top are: left and right may be swapped.",
        ),
    };
    CheckItem::new("orientation", "Orientation", status, value, message)
}
