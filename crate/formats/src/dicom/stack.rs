//! A series into a plan: the grid, and which slice goes to which plane.
//!
//! ```text
//! slices ─lie─▶ axes, Line (tilt, strays), Steps (uneven, missing) ─planes─▶ grid, planes ─▶ Plan
//!                             └──told──▶ notes, in numbers
//! ```

use hounsfield::{
    Error, Info,
    facts::{Stack as StackFacts, StackAxis},
    grid::Affine,
    nifti::AxisMap,
};

use super::{
    broken,
    geometry::{Axes, Steps, V3, distance, dot},
    lie::{self, TILT_DEG},
    planes::Planes,
    series::Series,
    told, values,
};
use crate::{
    openable::Asks,
    plan::{Options, Plan, ReaderKind, Tilt},
};

/// What a grid can hold along an axis.
const MOST_PLANES: usize = 65534;

/// The plan of a series, and what a reader may decide about it.
pub(super) fn plan(series: &Series, options: &Options) -> Result<(Plan, Asks), Error> {
    let header = &series.header;
    let (Some(shape), Some(first)) = (header.shape, series.slices.first()) else {
        return Err(Error::NotAScan { found: "a series without an image".into() });
    };
    let (mut facts, value_notes) = values::describe(header, &series.slices);
    let mut notes = series.notes.clone();
    let mut asks = Asks::default();

    let lie = lie::lie(series, &mut notes);
    let (spacing, pixel_spacing) = lie::spacing(first, options, &mut asks, &mut notes)?;
    let (mut step_mm, step_from_positions) =
        lie::step(series, &lie, options, &mut asks, &mut notes);
    let tilt_deg = lie.line.tilt_deg();
    let size = [shape.columns as usize, shape.rows as usize];
    let fill = values::fill(header);

    asks.gaps = lie.steps.as_ref().is_some_and(|s| !s.even || s.missing() > 0);
    asks.tilt = tilt_deg > TILT_DEG;
    if asks.tilt && options.tilt == Tilt::Refuse {
        return Err(Error::Unsupported {
            what: format!("a series whose slices are stacked at {tilt_deg:.1}° from their normal"),
            hint: "choose to correct the tilt, or to keep the grid sheared",
        });
    }
    // Before anything is made for each plane.
    let expected = lie.steps.as_ref().map_or(series.slices.len(), |steps| steps.planes);
    if expected > MOST_PLANES {
        return Err(Error::BadGrid {
            what: "number of planes",
            value: expected.to_string(),
            expected: "no axis may have more than 65534 voxels",
        });
    }
    let broken = broken::planes(series, &lie);
    broken::note(series, &mut notes);
    told::uneven(series, &lie, &broken, options.gaps, fill, &mut notes);
    let stray_mm = told::wander(series, &lie, spacing, &mut notes);
    let mut planes = Planes::of(&series.slices, &lie, options, &mut notes);
    if let (Some(mm), None) = (planes.step_mm, options.spacing_mm) {
        step_mm = mm;
    }
    let (frame, tilt_note) = planes.frame(&lie, size, spacing, step_mm, options.tilt);
    notes.extend(tilt_note);
    let [columns, rows] = frame.size;
    let file_size = [columns, rows, planes.planes.len()];

    let ras_from_file = ras_from_file(&lie.axes, spacing, frame.step, frame.origin);
    let map = AxisMap::closest_ras(&ras_from_file);
    let grid = map.grid(file_size, &ras_from_file)?;
    let (axis, reversed) = map.ras_axis_of(2);
    let last = planes.planes.len().saturating_sub(1);
    let mut made = planes.made;
    if reversed {
        made = made.iter().rev().map(|k| last - k).collect();
    }
    // Interpolated planes are even, whatever the slices were; a note keeps what they were.
    let (found_mm, off_mm) = match &lie.steps {
        Some(steps) if planes.step_mm.is_none() => (steps.found_mm, steps.off_mm),
        _ => ([step_mm; 3], 0.0),
    };
    (facts.placement, facts.pixel_spacing) = (lie.placement, pixel_spacing);
    facts.stack = Some(StackFacts {
        axis: StackAxis::of(axis),
        planes: file_size[2],
        found: series.slices.len(),
        missing: lie.steps.as_ref().map_or(0, Steps::missing).saturating_sub(broken.len()),
        made,
        duplicates: series.duplicates,
        broken: broken::count(series),
        elsewhere: series.elsewhere.slices,
        between: series.elsewhere.between,
        step_mm: dot(frame.step, lie.axes.normal),
        min_step_mm: found_mm[0],
        max_step_mm: found_mm[2],
        off_mm,
        stray_mm,
        thickness_mm: distance(header.thickness_mm),
        tilt_deg,
        tilt_corrected: frame.tilt_corrected,
        step_from_positions,
    });
    notes.extend(value_notes);
    let held_as = values::held_as(header, &series.slices);
    let mut info =
        Info::of_grid("DICOM", &grid, map.letters(), values::stored_type(header), held_as);
    (info.notes, info.facts) = (notes, facts);
    let plan = Plan {
        header: None,
        info,
        reader: ReaderKind::Dicom,
        file_size,
        ras_from_file,
        fill,
        planes: planes.planes,
        sequential: false,
        needs_codecs: series.needs_codecs,
        labels: None,
        palette: Vec::new(),
    };
    Ok((plan, asks))
}

/// DICOM's x and y point the other way: LPS to RAS.
fn ras_from_file(axes: &Axes, spacing: [f64; 2], step: V3, origin: V3) -> Affine {
    [0, 1, 2].map(|r| {
        let sign = if r < 2 { -1.0 } else { 1.0 };
        // Adding 0 makes negative zeros positive.
        [axes.row[r] * spacing[0], axes.column[r] * spacing[1], step[r], origin[r]]
            .map(|x| sign * x + 0.0)
    })
}
