//! A series into a plan: the grid, and which slice goes to which plane.
//!
//! ```text
//! slices by position ─▶ Line (tilt, strays) ─▶ Steps (uneven, missing) ─▶ grid, planes, notes, facts
//! ```
//!
//! Everything a reader must know is said in numbers: what was uneven, missing, tilted, assumed.

use hounsfield::{
    Error, Info, Note,
    facts::{Placement, Stack as StackFacts},
    grid::Affine,
    nifti::AxisMap,
};

use super::{
    geometry::{Axes, Line, Steps, V3, along, distance, dot},
    series::{Piece, Series},
    values,
};
use crate::{
    catalogue::Asks,
    plan::{Gaps, Options, Part, Plan, Plane, ReaderKind, Tilt},
};

/// Smaller angles come from rounding; the grid follows them without a word.
const TILT_DEG: f64 = 0.1;
/// Beyond this, slices cannot be moved upright: the grid would be mostly padding.
const MOST_TILT_DEG: f64 = 60.0;
/// Slices of one series whose axes differ by more are named.
const AXES_DEG: f64 = 0.05;
/// Slices farther off the line, in pixels, are named.
const WANDER_PX: f64 = 0.1;
/// A plane takes a slice as it is when it lies within this share of a step.
const COPY_SHARE: f64 = 0.01;

/// How the slices of a series lie.
#[derive(Debug)]
struct Lie {
    axes: Axes,
    /// LPS millimetres of the first pixel of the first slice.
    origin: V3,
    /// Distance of each slice from the first, along the normal; empty where positions are unknown.
    d_mm: Vec<f64>,
    line: Line,
    steps: Option<Steps>,
    placement: Placement,
}

/// The grid before it is checked.
struct Frame {
    size: [usize; 3],
    origin: V3,
    step: V3,
    planes: Vec<Plane>,
    /// Planes that were interpolated.
    made: Vec<usize>,
    tilt_corrected: bool,
}

/// The plan of a series, and what a reader may decide about it.
pub(super) fn plan(series: &Series, options: &Options) -> Result<(Plan, Asks), Error> {
    let header = &series.header;
    let (Some(shape), Some(first)) = (header.shape, series.slices.first()) else {
        return Err(Error::NotAScan { found: "a series without an image".into() });
    };
    let (mut facts, value_notes) = values::describe(header, &series.slices);
    let mut notes = series.notes.clone();
    let mut asks = Asks::default();

    let lie = lie(series, &mut notes);
    let spacing = spacing(first, options, &mut asks, &mut notes)?;
    let (step_mm, step_from_positions) = step(series, &lie, options, &mut asks, &mut notes);
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
    uneven_notes(series, &lie, options.gaps, fill, &mut notes);
    wander_note(series, &lie, spacing, &mut notes);
    let frame = frame(series, &lie, size, spacing, step_mm, options, fill, &mut notes);

    let ras_from_file = ras_from_file(&lie.axes, spacing, frame.step, frame.origin);
    let map = AxisMap::closest_ras(&ras_from_file);
    let grid = map.grid(frame.size, &ras_from_file)?;
    let (_, reversed) = map.ras_axis_of(2);
    let last = frame.planes.len().saturating_sub(1);
    let mut made = frame.made;
    if reversed {
        made = made.iter().rev().map(|k| last - k).collect();
    }
    let found_mm = lie.steps.as_ref().map_or([step_mm; 3], |s| s.found_mm);
    facts.placement = lie.placement;
    facts.stack = Some(StackFacts {
        planes: frame.planes.len(),
        found: series.slices.len(),
        missing: lie.steps.as_ref().map_or(0, Steps::missing),
        made,
        duplicates: series.duplicates,
        broken: 0,
        step_mm: dot(frame.step, lie.axes.normal),
        min_step_mm: found_mm[0],
        max_step_mm: found_mm[2],
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
        file_size: frame.size,
        ras_from_file,
        fill,
        planes: frame.planes,
        sequential: false,
        needs_codecs: series.needs_codecs,
    };
    Ok((plan, asks))
}

/// Axes, line and steps; what had to be assumed is noted.
fn lie(series: &Series, notes: &mut Vec<Note>) -> Lie {
    let slices = &series.slices;
    let first = slices.first();
    let stated = first.and_then(|s| s.axes);
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
            "the files do not say how the patient lies in the image: rows are taken to run to the patient's left, columns to the back; left and right may be swapped",
        ));
    }
    if positions.is_none() {
        notes.push(Note::new(
            "position_assumed",
            if slices.len() > 1 {
                "the files do not say where the slices lie: they are in the order of their instance numbers, which may be upside down"
            } else {
                "the file does not say where the slice lies"
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
            format!("slices are turned against each other by up to {degrees:.2}° (“{}”); the first one's axes are used for all", slice.name),
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
            format!("the files state a gantry tilt of {stated}°, but the slices lie straight above each other; positions are believed"),
        ));
    }
    lie
}

/// Distance of columns and of rows.
fn spacing(
    first: &Piece,
    options: &Options,
    asks: &mut Asks,
    notes: &mut Vec<Note>,
) -> Result<[f64; 2], Error> {
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
                "the reader stated a spacing of {x} × {y} × {z} mm; the files' own is not used"
            ),
        ));
        return Ok([x, y]);
    }
    match first.spacing {
        Some([x, y]) => {
            if first.spacing_at_detector {
                notes.push(Note::new(
                    "spacing_at_detector",
                    format!("the pixel spacing of {x} × {y} mm is that at the detector: in the patient it is smaller"),
                ));
            }
            Ok([x, y])
        }
        None => {
            notes.push(Note::new(
                "spacing_assumed",
                "the files state no pixel spacing: 1 mm is assumed, and lengths and volumes are wrong by as much as it is off",
            ));
            Ok([1.0, 1.0])
        }
    }
}

/// Distance of planes along the normal, and whether it comes from positions.
fn step(
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
    let why = if one { "there is one slice" } else { "the slices have no positions" };
    asks.spacing |= !one;
    match stated {
        Some((mm, from)) => {
            notes.push(Note::new(
                "step_assumed",
                format!("{why}: the distance of planes, {mm} mm, is the file's {from}"),
            ));
            (mm, false)
        }
        None => {
            notes.push(Note::new(
                "step_assumed",
                format!("{why}, and nothing states their distance: 1 mm is assumed"),
            ));
            (1.0, false)
        }
    }
}

/// What is uneven, missing or there twice, in numbers.
fn uneven_notes(series: &Series, lie: &Lie, gaps: Gaps, fill: i16, notes: &mut Vec<Note>) {
    if series.duplicates > 0 {
        let names = series.duplicate_names.join("”, “");
        let more = series.duplicates.saturating_sub(series.duplicate_names.len());
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        notes.push(Note::new(
            "duplicate_slices",
            format!(
                "{} slices lie where another one lies and were left out: “{names}”{more}",
                series.duplicates
            ),
        ));
    }
    let Some(steps) = &lie.steps else { return };
    let missing = steps.missing();
    if missing > 0 {
        let mut at = String::new();
        let jumps = steps
            .plane_of
            .windows(2)
            .zip(series.slices.windows(2))
            .filter(|(k, _)| k[1] > k[0] + 1);
        for (k, pair) in jumps.clone().take(3) {
            at += &format!(
                "{}{} between “{}” and “{}”",
                if at.is_empty() { "" } else { ", " },
                k[1] - k[0] - 1,
                pair[0].name,
                pair[1].name
            );
        }
        let more = jumps.count().saturating_sub(3);
        if more > 0 {
            at += &format!(", and in {more} more places");
        }
        let fate = match gaps {
            Gaps::Leave => format!("their planes are filled with {fill}"),
            Gaps::Interpolate => "their planes are interpolated and marked".into(),
        };
        notes.push(Note::new(
            "missing_slices",
            format!("{missing} of {} slices are missing ({at}); {fate}", steps.planes),
        ));
    }
    if !steps.even {
        let [least, middle, most] = steps.found_mm;
        let pair = series.slices.get(steps.worst).zip(series.slices.get(steps.worst + 1));
        let at = pair.map_or_else(String::new, |(a, b)| {
            format!(", farthest off between “{}” and “{}”", a.name, b.name)
        });
        let fate = match gaps {
            Gaps::Leave => format!(
                "they are put on even planes {:.3} mm apart, so lengths across slices are off",
                steps.step_mm
            ),
            Gaps::Interpolate => "they are interpolated onto even planes".into(),
        };
        notes.push(Note::new(
            "uneven_slices",
            format!("slices are unevenly spaced: {least:.3} to {most:.3} mm, {middle:.3} mm in the middle{at}; {fate}"),
        ));
    }
}

/// Slices that lie to the side of the line on which the others are.
fn wander_note(series: &Series, lie: &Lie, spacing: [f64; 2], notes: &mut Vec<Note>) {
    let mm = lie.line.wander_mm;
    if mm > WANDER_PX * spacing[0].min(spacing[1])
        && let Some(slice) = series.slices.get(lie.line.wander_at)
    {
        notes.push(Note::new(
            "slices_off_line",
            format!("slices do not lie on one line: “{}” lies {mm:.2} mm to the side of the others, and is not moved", slice.name),
        ));
    }
}

/// Planes and their grid.
#[expect(clippy::too_many_arguments, reason = "all of them are facts about one stack")]
fn frame(
    series: &Series,
    lie: &Lie,
    size: [usize; 2],
    spacing: [f64; 2],
    step_mm: f64,
    options: &Options,
    fill: i16,
    notes: &mut Vec<Note>,
) -> Frame {
    let part = |slice: &Piece, weight: f64| Part {
        place: slice.place.clone(),
        frame: slice.frame,
        weight,
    };
    let whole = |slice: &Piece| Plane { parts: vec![part(slice, 1.0)], ..Plane::default() };
    // Planes, where each lies (as far as positions say), and the distance of planes.
    let mut made = Vec::new();
    let mut planes = Vec::new();
    let mut at_mm = Vec::new();
    let mut step_mm = step_mm;
    match &lie.steps {
        None => planes.extend(series.slices.iter().map(whole)),
        Some(steps) if options.gaps == Gaps::Leave || (steps.even && steps.missing() == 0) => {
            planes.resize(steps.planes, Plane::default());
            at_mm.resize(steps.planes, 0.0);
            for ((slice, k), d) in series.slices.iter().zip(&steps.plane_of).zip(&lie.d_mm) {
                if let (Some(plane), Some(at)) = (planes.get_mut(*k), at_mm.get_mut(*k)) {
                    (*plane, *at) = (whole(slice), *d);
                }
            }
        }
        Some(steps) => {
            let extent = lie.d_mm.last().copied().unwrap_or(0.0);
            let intervals = (extent / steps.found_mm[1]).round().max(1.0);
            let even_mm = extent / intervals;
            if options.spacing_mm.is_none() {
                step_mm = even_mm;
            }
            let mut below = 0;
            for k in 0..=intervals as usize {
                let at = even_mm * k as f64;
                while lie.d_mm.get(below + 2).is_some() && lie.d_mm[below + 1] <= at {
                    below += 1;
                }
                at_mm.push(at);
                let (Some([d0, d1]), Some([a, b])) = (
                    lie.d_mm.get(below..below + 2).and_then(|d| <[f64; 2]>::try_from(d).ok()),
                    series
                        .slices
                        .get(below..below + 2)
                        .and_then(|s| <&[Piece; 2]>::try_from(s).ok()),
                ) else {
                    planes.push(Plane::default());
                    continue;
                };
                let near = COPY_SHARE * even_mm;
                planes.push(if (at - d0).abs() <= near {
                    whole(a)
                } else if (at - d1).abs() <= near {
                    whole(b)
                } else {
                    made.push(k);
                    let weight = ((at - d0) / (d1 - d0)).clamp(0.0, 1.0);
                    Plane {
                        parts: vec![part(a, 1.0 - weight), part(b, weight)],
                        ..Plane::default()
                    }
                });
            }
            if !made.is_empty() {
                notes.push(Note::new(
                    "interpolated",
                    format!(
                        "{} of {} planes are interpolated between their neighbours on request",
                        made.len(),
                        planes.len()
                    ),
                ));
            }
        }
    }

    let mut frame = Frame {
        size: [size[0], size[1], planes.len()],
        origin: lie.origin,
        step: lie.axes.normal.map(|x| x * step_mm),
        planes,
        made,
        tilt_corrected: false,
    };
    let slope = lie.line.slope;
    let tilt_deg = lie.line.tilt_deg();
    let tilted = tilt_deg > TILT_DEG;
    if tilted && options.tilt == Tilt::Correct && tilt_deg <= MOST_TILT_DEG {
        upright(&mut frame, lie, spacing, &at_mm);
        let [columns, rows] = [frame.size[0] - size[0], frame.size[1] - size[1]];
        notes.push(Note::new(
            "tilt",
            format!("slices are stacked at {tilt_deg:.1}° from their normal (a tilted gantry): they are shifted upright, and the grid is larger by {columns} columns and {rows} rows, filled with {fill}"),
        ));
    } else {
        // The grid follows the line: exact for every voxel.
        for (axis, slope) in [lie.axes.row, lie.axes.column].into_iter().zip(slope) {
            frame.step = along(frame.step, axis, slope * step_mm);
        }
        if tilted {
            let why = if options.tilt == Tilt::Correct {
                "too far to shift them upright"
            } else {
                "as asked for"
            };
            notes.push(Note::new(
                "tilt",
                format!("slices are stacked at {tilt_deg:.1}° from their normal: the grid stays sheared, {why}"),
            ));
        }
    }
    frame
}

/// Makes room to the sides, and moves every plane to where it lies in the upright grid.
fn upright(frame: &mut Frame, lie: &Lie, spacing: [f64; 2], at_mm: &[f64]) {
    let extent = lie.d_mm.last().copied().unwrap_or(0.0);
    for (i, axis) in [lie.axes.row, lie.axes.column].into_iter().enumerate() {
        let slope = lie.line.slope[i];
        let lowest = (slope * extent).min(0.0);
        let room = ((slope * extent).abs() / spacing[i] - 1e-6).ceil().max(0.0);
        frame.size[i] = frame.size[i].saturating_add(room as usize);
        frame.origin = along(frame.origin, axis, lowest);
        for (plane, at) in frame.planes.iter_mut().zip(at_mm) {
            if !plane.parts.is_empty() {
                plane.shift_px[i] = (slope * at - lowest) / spacing[i];
            }
        }
    }
    frame.tilt_corrected = true;
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
