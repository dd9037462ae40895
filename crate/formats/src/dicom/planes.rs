//! The planes of a grid, and which slices each is made of.
//!
//! ```text
//! slices      |  |  |     |  |       leave        |  |  |  .  |  |    a plane of padding
//!                                    interpolate  |  |  |  +  |  |    half of each neighbour
//! ```

use hounsfield::Note;

use super::{
    geometry::{Steps, V3, along},
    lie::{Lie, TILT_DEG},
    series::Piece,
};
use crate::plan::{Gaps, Options, Part, Plane, Tilt};

/// Beyond this, slices cannot be moved upright: the grid would be mostly padding.
const MOST_TILT_DEG: f64 = 60.0;
/// A plane takes a slice as it is when it lies within this share of a step.
const COPY_SHARE: f64 = 0.01;

/// Planes, and where they lie.
#[derive(Debug, Default)]
pub(super) struct Planes {
    pub(super) planes: Vec<Plane>,
    /// Distance of each from the first slice, along the normal, where positions say so. A plane
    /// that takes a slice lies where the slice does.
    at_mm: Vec<f64>,
    /// Planes that were interpolated.
    pub(super) made: Vec<usize>,
    /// The distance of planes, where interpolation changed it.
    pub(super) step_mm: Option<f64>,
}

/// The grid before it is checked.
#[derive(Debug)]
pub(super) struct Frame {
    pub(super) size: [usize; 2],
    /// LPS millimetres of the first voxel.
    pub(super) origin: V3,
    /// From one plane to the next, LPS.
    pub(super) step: V3,
    pub(super) tilt_corrected: bool,
}

fn part(slice: &Piece, weight: f64) -> Part {
    Part { place: slice.place.clone(), frame: slice.frame, weight }
}

fn whole(slice: &Piece) -> Plane {
    Plane { parts: vec![part(slice, 1.0)], ..Plane::default() }
}

impl Planes {
    pub(super) fn of(
        slices: &[Piece],
        lie: &Lie,
        options: &Options,
        notes: &mut Vec<Note>,
    ) -> Self {
        let Some(steps) = &lie.steps else {
            return Self { planes: slices.iter().map(whole).collect(), ..Self::default() };
        };
        if options.gaps == Gaps::Leave || (steps.even && steps.missing() == 0) {
            return Self::left(slices, lie, steps);
        }
        let planes = Self::interpolated(slices, lie, steps);
        let (made, all) = (planes.made.len(), planes.planes.len());
        notes.push(Note::new(
            "interpolated",
            format!("{made} of {all} planes are interpolated between their neighbours on request."),
        ));
        planes
    }

    /// Every slice on its plane; planes without one stay empty.
    fn left(slices: &[Piece], lie: &Lie, steps: &Steps) -> Self {
        let mut planes = vec![Plane::default(); steps.planes];
        let mut at_mm = vec![0.0; steps.planes];
        for ((slice, k), d) in slices.iter().zip(&steps.plane_of).zip(&lie.d_mm) {
            if let (Some(plane), Some(at)) = (planes.get_mut(*k), at_mm.get_mut(*k)) {
                (*plane, *at) = (whole(slice), *d);
            }
        }
        Self { planes, at_mm, ..Self::default() }
    }

    /// Even planes, about the middle step apart, from the first slice to the last.
    fn interpolated(slices: &[Piece], lie: &Lie, steps: &Steps) -> Self {
        let extent_mm = lie.d_mm.last().copied().unwrap_or(0.0);
        let intervals = (extent_mm / steps.found_mm[1]).round().max(1.0);
        let step_mm = extent_mm / intervals;
        let near_mm = COPY_SHARE * step_mm;
        let mut out = Self { step_mm: Some(step_mm), ..Self::default() };
        let mut pairs = slices.windows(2).zip(lie.d_mm.windows(2)).peekable();
        for k in 0..=intervals as usize {
            let at = step_mm * k as f64;
            // The pair around this plane: the first that does not end below it, else the last.
            let mut pair = pairs.peek().copied();
            while let Some((_, [_, end])) = pair
                && *end + near_mm < at
            {
                pairs.next();
                match pairs.peek() {
                    Some(next) => pair = Some(*next),
                    None => break,
                }
            }
            let Some(([below, above], [d0, d1])) = pair else { break };
            out.at_mm.push(at);
            out.planes.push(if (at - d0).abs() <= near_mm {
                whole(below)
            } else if (at - d1).abs() <= near_mm {
                whole(above)
            } else {
                out.made.push(k);
                let weight = ((at - d0) / (d1 - d0)).clamp(0.0, 1.0);
                Plane {
                    parts: vec![part(below, 1.0 - weight), part(above, weight)],
                    ..Plane::default()
                }
            });
        }
        out
    }

    /// The grid of planes `step_mm` apart: upright, or along the line of slices.
    pub(super) fn frame(
        &mut self,
        lie: &Lie,
        size: [usize; 2],
        spacing: [f64; 2],
        step_mm: f64,
        tilt: Tilt,
    ) -> (Frame, Option<Note>) {
        let step = lie.axes.normal.map(|x| x * step_mm);
        let mut frame = Frame { size, origin: lie.origin, step, tilt_corrected: false };
        let tilt_deg = lie.line.tilt_deg();
        if tilt_deg > TILT_DEG && tilt == Tilt::Correct && tilt_deg <= MOST_TILT_DEG {
            self.upright(&mut frame, lie, spacing);
            let [columns, rows] = [frame.size[0] - size[0], frame.size[1] - size[1]];
            let note = format!(
                "Slices are stacked at {tilt_deg:.1}° from their normal (a tilted gantry): they are shifted upright, and the grid is larger by {columns} columns and {rows} rows of padding."
            );
            return (frame, Some(Note::new("tilt", note)));
        }
        // The grid follows the line: exact for every voxel.
        for (axis, slope) in [lie.axes.row, lie.axes.column].into_iter().zip(lie.line.slope) {
            frame.step = along(frame.step, axis, slope * step_mm);
        }
        let note = (tilt_deg > TILT_DEG).then(|| {
            let why = if tilt == Tilt::Correct { "too far to shift them upright" } else { "as asked for" };
            let note = format!("Slices are stacked at {tilt_deg:.1}° from their normal: the grid stays sheared, {why}.");
            Note::new("tilt", note)
        });
        (frame, note)
    }

    /// Makes room to the sides, and moves every plane to where it lies in the upright grid.
    fn upright(&mut self, frame: &mut Frame, lie: &Lie, spacing: [f64; 2]) {
        let extent_mm = lie.d_mm.last().copied().unwrap_or(0.0);
        for (i, axis) in [lie.axes.row, lie.axes.column].into_iter().enumerate() {
            let slope = lie.line.slope[i];
            let lowest_mm = (slope * extent_mm).min(0.0);
            let room_px = ((slope * extent_mm).abs() / spacing[i] - 1e-6).ceil().max(0.0);
            frame.size[i] = frame.size[i].saturating_add(room_px as usize);
            frame.origin = along(frame.origin, axis, lowest_mm);
            for (plane, at) in self.planes.iter_mut().zip(&self.at_mm) {
                if !plane.parts.is_empty() {
                    plane.shift_px[i] = (slope * at - lowest_mm) / spacing[i];
                }
            }
        }
        frame.tilt_corrected = true;
    }
}
