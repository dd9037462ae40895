//! Where slices lie: axes, the line along which they are stacked, and the steps between them.
//!
//! ```text
//! d = position · normal            the order of slices, and the distance of planes
//! u = position · row               how far a slice lies to the side:
//! v = position · column            linear in d when the gantry was tilted
//! ```

pub(super) type V3 = [f64; 3];

/// Beyond a kilometre a position is a lie, and its arithmetic not worth a thought.
const FARTHEST_MM: f64 = 1e6;
/// Steps that differ from their mean by less than this share, or by [`EVEN_MM`], are even.
const EVEN_SHARE: f64 = 0.01;
/// See [`EVEN_SHARE`]: positions are rounded to hundredths by some scanners.
const EVEN_MM: f64 = 0.01;
/// An even stack's slices lie no farther from their planes than this share of a step: small
/// differences of one sign add up.
const EVEN_PLACE_SHARE: f64 = 0.1;
/// A gap is a multiple of the step when its share for each step differs from that by less.
const MULTIPLE_SHARE: f64 = 0.1;
/// A drift to the side by less than this over the whole stack is rounding.
const ROUNDING_MM: f64 = 0.01;

pub(super) fn dot(a: V3, b: V3) -> f64 {
    a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
}

pub(super) fn cross(a: V3, b: V3) -> V3 {
    [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]]
}

fn unit(a: V3) -> V3 {
    let length = dot(a, a).sqrt();
    a.map(|x| x / length)
}

/// `a + t·b`.
pub(super) fn along(a: V3, b: V3, t: f64) -> V3 {
    [a[0] + t * b[0], a[1] + t * b[1], a[2] + t * b[2]]
}

/// A position that can be one.
pub(super) fn position(lps: Option<V3>) -> Option<V3> {
    lps.filter(|p| p.iter().all(|mm| mm.abs() <= FARTHEST_MM))
}

/// A distance that can be one between pixels or slices.
pub(super) fn distance(mm: Option<f64>) -> Option<f64> {
    mm.map(f64::abs).filter(|mm| (1e-3..=1e3).contains(mm))
}

/// The directions of a slice: along a row, along a column, and out of it; at right angles.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Axes {
    pub(super) row: V3,
    pub(super) column: V3,
    pub(super) normal: V3,
}

impl Axes {
    /// A patient on the back, seen from the feet.
    pub(super) const AXIAL: Self =
        Self { row: [1.0, 0.0, 0.0], column: [0.0, 1.0, 0.0], normal: [0.0, 0.0, 1.0] };

    /// From Image Orientation (Patient); `None` when it is no pair of directions at right angles.
    ///
    /// Digits lost in the file are put right as ITK does it: the column keeps its plane, the row
    /// is turned until it stands upright on column and normal.
    pub(super) fn new(orientation: &[f64; 6]) -> Option<Self> {
        let [a, b, c, d, e, f] = *orientation;
        let (row, column) = ([a, b, c], [d, e, f]);
        let believable =
            |v: V3| v.iter().all(|x| x.is_finite()) && (0.9..=1.1).contains(&dot(v, v).sqrt());
        if !believable(row) || !believable(column) || dot(row, column).abs() > 0.01 {
            return None;
        }
        let normal = unit(cross(row, column));
        let row = unit(cross(column, normal));
        Some(Self { row, column: cross(normal, row), normal })
    }

    /// The larger of the angles between the rows and between the columns of two slices.
    pub(super) fn angle_deg(&self, other: &Self) -> f64 {
        let between = |a: V3, b: V3| {
            let c = cross(a, b);
            dot(c, c).sqrt().atan2(dot(a, b)).to_degrees()
        };
        between(self.row, other.row).max(between(self.column, other.column))
    }

    /// `[u, v, d]` of a position.
    pub(super) fn split(&self, position: V3) -> V3 {
        [dot(position, self.row), dot(position, self.column), dot(position, self.normal)]
    }
}

/// The lower of the two middle values; 0 for none.
pub(super) fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len().saturating_sub(1) / 2).copied().unwrap_or(0.0)
}

/// The line along which slices are stacked.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(super) struct Line {
    /// Millimetres along row and column for each millimetre along the normal.
    pub(super) slope: [f64; 2],
    /// Where the line is at the first slice, along row and column from that slice.
    pub(super) start_mm: [f64; 2],
    /// How far the slice that is farthest from the line lies from it.
    pub(super) wander_mm: f64,
    /// Which slice that is.
    pub(super) wander_at: usize,
}

impl Line {
    /// The line through `[u, v, d]` of all slices, by least squares; where a slice lies off it by
    /// more than `tolerance_mm`, by medians, so that one stray does not tilt the others.
    pub(super) fn through(slices: &[V3], tolerance_mm: f64) -> Self {
        let Some(first) = slices.first() else { return Self::default() };
        let from_first: Vec<V3> =
            slices.iter().map(|p| [p[0] - first[0], p[1] - first[1], p[2] - first[2]]).collect();
        let extent = from_first.last().map_or(0.0, |p| p[2]);
        let fit = |slope: [f64; 2], start: [f64; 2]| {
            let mut line = Self { slope, start_mm: start, wander_mm: 0.0, wander_at: 0 };
            if slope[0].hypot(slope[1]) * extent < ROUNDING_MM {
                line.slope = [0.0; 2];
            }
            for (at, [u, v, d]) in from_first.iter().enumerate() {
                let off = (u - line.start_mm[0] - line.slope[0] * d)
                    .hypot(v - line.start_mm[1] - line.slope[1] * d);
                if off > line.wander_mm {
                    (line.wander_mm, line.wander_at) = (off, at);
                }
            }
            line
        };
        let n = from_first.len() as f64;
        let mean = [0, 1, 2].map(|i| from_first.iter().map(|p| p[i]).sum::<f64>() / n);
        let spread: f64 = from_first.iter().map(|p| (p[2] - mean[2]).powi(2)).sum();
        if spread <= 0.0 {
            return fit([0.0; 2], [0.0; 2]);
        }
        let slope = [0, 1].map(|i| {
            from_first.iter().map(|p| (p[2] - mean[2]) * (p[i] - mean[i])).sum::<f64>() / spread
        });
        let line = fit(slope, [0, 1].map(|i| mean[i] - slope[i] * mean[2]));
        if line.wander_mm <= tolerance_mm {
            // Rounding apart the line starts at the first slice, and positions stay the file's.
            return Self { start_mm: [0.0; 2], ..line };
        }
        let slope = [0, 1].map(|i| {
            let pairs = from_first.iter().zip(from_first.iter().skip(1));
            median(pairs.map(|(a, b)| (b[i] - a[i]) / (b[2] - a[2])).collect())
        });
        let start = [0, 1]
            .map(|i| median(from_first.iter().map(|p| p[i] - slope[i] * p[2]).collect::<Vec<_>>()));
        fit(slope, start)
    }

    /// Angle between the line and the slices' normal.
    pub(super) fn tilt_deg(&self) -> f64 {
        self.slope[0].hypot(self.slope[1]).atan().to_degrees()
    }
}

/// The planes of a stack, and which slice belongs to which.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Steps {
    /// The plane of each slice.
    pub(super) plane_of: Vec<usize>,
    /// How many planes there are.
    pub(super) planes: usize,
    /// Their distance.
    pub(super) step_mm: f64,
    /// Shortest, middle and longest distance of neighbours between which none is missing.
    pub(super) found_mm: [f64; 3],
    /// Are the slices where the planes are?
    pub(super) even: bool,
    /// The slice before the step that is farthest from the others.
    pub(super) worst: usize,
    /// How far the slice that is farthest from its plane lies from it.
    pub(super) off_mm: f64,
}

impl Steps {
    /// Planes of slices at `d_mm`, ascending from 0. A gap of about m steps has m − 1 slices
    /// missing; the distance of planes follows from the first and the last slice.
    ///
    /// The step is the middle gap; where some gap is no multiple of that, but all are of the
    /// smallest (every second slice is missing somewhere), it is the smallest. A gap that is no
    /// multiple has nothing missing in it: steps are uneven there.
    pub(super) fn of(d_mm: &[f64]) -> Option<Self> {
        let gaps: Vec<f64> = d_mm.iter().zip(d_mm.iter().skip(1)).map(|(a, b)| b - a).collect();
        let middle = median(gaps.clone());
        if middle <= 0.0 {
            return None;
        }
        let step = Some(middle)
            .filter(|step| all_multiples(&gaps, *step))
            .or_else(|| smallest(&gaps).filter(|step| all_multiples(&gaps, *step)))
            .unwrap_or(middle);
        let mut plane = 0usize;
        let counted = gaps.iter().map(|gap| {
            plane = plane.saturating_add(multiple(*gap, step).unwrap_or(1));
            plane
        });
        let mut steps = Self::on_planes(d_mm, &gaps, std::iter::once(0).chain(counted).collect());
        let single: Vec<f64> = gaps
            .iter()
            .copied()
            .filter(|gap| multiple(*gap, step).is_none_or(|planes| planes == 1))
            .collect();
        let (mut least, mut most) = (f64::INFINITY, 0.0f64);
        for gap in &single {
            (least, most) = (least.min(*gap), most.max(*gap));
        }
        steps.found_mm = [least, median(single), most];
        Some(steps)
    }

    /// How well slices lie on planes that are numbered.
    fn on_planes(d_mm: &[f64], gaps: &[f64], plane_of: Vec<usize>) -> Self {
        let last = plane_of.last().copied().unwrap_or(0);
        let step_mm = d_mm.last().copied().unwrap_or(0.0) / last as f64;
        let (mut worst, mut worst_mm) = (0, 0.0);
        for (at, (gap, planes)) in gaps.iter().zip(plane_of.windows(2)).enumerate() {
            let off = (gap / (planes[1] - planes[0]) as f64 - step_mm).abs();
            if off > worst_mm {
                (worst, worst_mm) = (at, off);
            }
        }
        let places = d_mm.iter().zip(&plane_of).map(|(d, k)| (d - *k as f64 * step_mm).abs());
        let off_mm = places.fold(0.0, f64::max);
        let even = worst_mm <= EVEN_MM.max(EVEN_SHARE * step_mm)
            && off_mm <= EVEN_MM.max(EVEN_PLACE_SHARE * step_mm);
        let planes = last.saturating_add(1);
        Self { plane_of, planes, step_mm, found_mm: [step_mm; 3], even, worst, off_mm }
    }

    /// Planes without a slice.
    pub(super) fn missing(&self) -> usize {
        self.planes.saturating_sub(self.plane_of.len())
    }
}

/// How many steps a gap is, when each of them is within [`MULTIPLE_SHARE`] of the step.
fn multiple(gap_mm: f64, step_mm: f64) -> Option<usize> {
    let n = times(gap_mm, step_mm);
    ((gap_mm / n as f64 - step_mm).abs() <= MULTIPLE_SHARE * step_mm).then_some(n)
}

/// Are all gaps multiples of a step?
fn all_multiples(gaps: &[f64], step_mm: f64) -> bool {
    gaps.iter().all(|gap| multiple(*gap, step_mm).is_some())
}

/// The middle one of the gaps that are about the smallest, where it does not leave more planes
/// empty than there are slices: a single slice put in between is no reason to halve all steps.
fn smallest(gaps: &[f64]) -> Option<f64> {
    let least = gaps.iter().copied().fold(f64::INFINITY, f64::min);
    let near = gaps.iter().copied().filter(|gap| *gap <= least * (1.0 + MULTIPLE_SHARE));
    let step = Some(median(near.collect())).filter(|step| *step > 0.0)?;
    let planes = gaps.iter().fold(1usize, |sum, gap| sum.saturating_add(times(*gap, step)));
    (planes <= gaps.len().saturating_add(1).saturating_mul(2)).then_some(step)
}

/// How many steps a gap is.
pub(super) fn times(gap_mm: f64, step_mm: f64) -> usize {
    // Saturates; what is absurd was cut apart before.
    ((gap_mm / step_mm).round() as usize).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_lost_are_put_right_and_nonsense_is_refused() {
        let axes = Axes::new(&[0.9999, 0.0, 0.0, 0.0001, 0.866_025, 0.5]).unwrap();
        assert!(dot(axes.row, axes.column).abs() < 1e-15);
        assert!((dot(axes.normal, axes.normal) - 1.0).abs() < 1e-15);
        for bad in [
            [0.0; 6],
            [1.0, 0.0, 0.0, 1.0, 0.0, 0.0],
            [f64::NAN, 0.0, 0.0, 0.0, 1.0, 0.0],
            [2.0, 0.0, 0.0, 0.0, 2.0, 0.0],
            [1.0, 0.0, 0.0, 0.05, 1.0, 0.0],
        ] {
            assert_eq!(Axes::new(&bad), None, "{bad:?}");
        }
        assert_eq!(position(Some([0.0, f64::NAN, 0.0])), None);
        assert_eq!(position(Some([0.0, 0.0, 1e9])), None);
        assert_eq!(distance(Some(-2.5)), Some(2.5));
        assert_eq!(distance(Some(0.0)), None);
    }

    #[test]
    fn steps_count_what_is_missing() {
        let steps = Steps::of(&[0.0, 1.0, 2.0, 5.0, 6.0]).unwrap();
        assert_eq!(steps.plane_of, [0, 1, 2, 5, 6]);
        assert_eq!((steps.missing(), steps.even, steps.step_mm), (2, true, 1.0));
        let uneven = Steps::of(&[0.0, 1.0, 2.0, 3.25, 4.25]).unwrap();
        assert_eq!((uneven.missing(), uneven.even, uneven.worst), (0, false, 2));
        assert_eq!(uneven.found_mm, [1.0, 1.0, 1.25]);
        assert_eq!(uneven.step_mm, 4.25 / 4.0);
        assert!(Steps::of(&[1.0, 1.0]).is_none());
        assert!(Steps::of(&[]).is_none());
    }

    #[test]
    fn small_differences_of_one_sign_are_not_even() {
        // Every step within 1 % of the mean, but the middle slices half a step off.
        let mut d = vec![0.0];
        for k in 0..200 {
            d.push(d[k] + if k < 100 { 1.008 } else { 0.992 });
        }
        assert!(!Steps::of(&d).unwrap().even);
    }

    #[test]
    fn steps_that_change_on_the_way_have_nothing_missing() {
        let mut d = vec![0.0];
        for k in 0..100 {
            d.push(d[k] + if k < 50 { 1.0 } else { 1.5 });
        }
        let steps = Steps::of(&d).unwrap();
        assert!(!steps.even);
        assert_eq!((steps.planes, steps.missing()), (101, 0));
        assert_eq!((steps.step_mm, steps.off_mm), (1.25, 12.5));
        assert_eq!(steps.found_mm, [1.0, 1.0, 1.5]);
    }

    #[test]
    fn every_second_slice_missing_somewhere_does_not_stretch_the_rest() {
        let steps = Steps::of(&[0.0, 5.0, 10.0, 15.0, 20.0, 22.5, 25.0, 27.5]).unwrap();
        assert_eq!(steps.plane_of, [0, 2, 4, 6, 8, 9, 10, 11]);
        assert_eq!((steps.missing(), steps.even, steps.step_mm), (4, true, 2.5));
        assert_eq!(steps.found_mm, [2.5; 3]);
        // Positions that scanners rounded to whole millimetres.
        let rounded = Steps::of(&[0.0, 5.0, 10.0, 15.0, 20.0, 22.6, 25.0, 27.5]).unwrap();
        assert_eq!((rounded.planes, rounded.missing()), (12, 4));
        // One slice between others, at no half: no reason for a step of half a millimetre.
        let mut d: Vec<f64> = (0..20).map(|k| 5.0 * f64::from(k)).collect();
        d.insert(7, 30.5);
        let extra = Steps::of(&d).unwrap();
        assert_eq!((extra.planes, extra.missing(), extra.even), (21, 0, false));
    }

    #[test]
    fn a_long_gap_in_uneven_steps_is_counted_in_steps() {
        let steps = Steps::of(&[0.0, 1.0, 2.2, 3.2, 4.4, 10.4]).unwrap();
        assert_eq!(steps.plane_of, [0, 1, 2, 3, 4, 9]);
        assert_eq!((steps.missing(), steps.even), (4, false));
    }

    #[test]
    fn one_stray_slice_tilts_nothing() {
        let mut slices: Vec<V3> = (0..21).map(|k| [0.0, 0.0, f64::from(k)]).collect();
        slices[20][0] = 30.0;
        let line = Line::through(&slices, 0.1);
        assert_eq!((line.slope, line.wander_at), ([0.0; 2], 20));
        assert_eq!(line.wander_mm, 30.0);
        let tilted: Vec<V3> = (0..21).map(|k| [0.0, 0.25 * f64::from(k), f64::from(k)]).collect();
        let line = Line::through(&tilted, 0.1);
        assert!((line.tilt_deg() - 0.25f64.atan().to_degrees()).abs() < 1e-12);
        assert!(line.wander_mm < 1e-12);
    }
}
