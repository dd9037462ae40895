//! Slices mixed and moved. Whole numbers stay whole: a plane between two others is rounded, as
//! resampling of an integer image is everywhere.

use hounsfield::{
    Error, Slice,
    error::{try_vec, try_with_capacity},
};

/// A weighted sum of slices.
#[derive(Debug, Default)]
pub(crate) struct Mix {
    sum: Vec<f64>,
    fractions: bool,
}

impl Mix {
    /// Adds a slice's share.
    ///
    /// # Errors
    /// [`Error::SizeMismatch`], [`Error::OutOfMemory`].
    pub(crate) fn add(&mut self, slice: &Slice, weight: f64) -> Result<(), Error> {
        let count = len(slice);
        if self.sum.is_empty() {
            self.sum = try_vec(0.0, count, "a slice")?;
        }
        if self.sum.len() != count {
            return Err(Error::SizeMismatch {
                what: "a slice",
                found: [count, 1, 1],
                expected: [self.sum.len(), 1, 1],
            });
        }
        match slice {
            Slice::I16(values) => {
                for (sum, value) in self.sum.iter_mut().zip(values) {
                    *sum += weight * f64::from(*value);
                }
            }
            Slice::F32(values) => {
                self.fractions = true;
                for (sum, value) in self.sum.iter_mut().zip(values) {
                    *sum += weight * f64::from(*value);
                }
            }
        }
        Ok(())
    }

    /// The mixed slice.
    ///
    /// # Errors
    /// [`Error::OutOfMemory`].
    pub(crate) fn finish(self) -> Result<Slice, Error> {
        let count = self.sum.len();
        collect(count, self.fractions, self.sum.into_iter())
    }
}

/// The slice, `from` columns and rows, in a plane of `to` columns and rows, with its values moved by
/// `shift_px` along i and j, interpolated linearly; `fill` where there is nothing to interpolate
/// between.
///
/// # Errors
/// [`Error::OutOfMemory`].
pub(crate) fn shifted(
    slice: &Slice,
    from: [usize; 2],
    to: [usize; 2],
    shift_px: [f64; 2],
    fill: i16,
) -> Result<Slice, Error> {
    let columns = from[0];
    let along_i = taps(from[0], to[0], shift_px[0])?;
    let along_j = taps(from[1], to[1], shift_px[1])?;
    let fractions = matches!(slice, Slice::F32(_));
    let fill = f64::from(fill);
    let row_of = |row: usize| (row * columns, (row + 1) * columns);
    let at = |row: usize, column: usize| {
        let (start, end) = row_of(row);
        match slice {
            Slice::I16(values) => values
                .get(start..end)
                .and_then(|row| row.get(column))
                .map(|value| f64::from(*value)),
            Slice::F32(values) => values
                .get(start..end)
                .and_then(|row| row.get(column))
                .map(|value| f64::from(*value)),
        }
        .unwrap_or(fill)
    };
    let mix = |a: f64, b: f64, share: f64| if share == 0.0 { a } else { a + share * (b - a) };
    let values = along_j.iter().flat_map(|j| {
        along_i.iter().map(move |i| {
            let (Some(i), Some(j)) = (i, j) else { return fill };
            let near = mix(at(j.first, i.first), at(j.first, i.second), i.share);
            if j.share == 0.0 {
                return near;
            }
            let far = mix(at(j.second, i.first), at(j.second, i.second), i.share);
            mix(near, far, j.share)
        })
    });
    collect(to[0].saturating_mul(to[1]), fractions, values)
}

/// Between which two pixels a value comes from, and the second's share.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Tap {
    first: usize,
    second: usize,
    share: f64,
}

/// Where each of `to` pixels comes from, when all of `count` pixels move by `shift`.
fn taps(count: usize, to: usize, shift: f64) -> Result<Vec<Option<Tap>>, Error> {
    // Rounding of positions must not cost the pixels at the edge.
    const NEAR: f64 = 1e-6;
    let last = count.saturating_sub(1);
    let mut out = try_with_capacity(to, "a slice")?;
    out.extend((0..to).map(|to| {
        let from = to as f64 - shift;
        let nearest = from.round();
        let from = if (from - nearest).abs() < NEAR { nearest } else { from };
        if !(count > 0 && from >= 0.0 && from <= last as f64) {
            return None;
        }
        let first = from.floor() as usize;
        Some(Tap { first, second: (first + 1).min(last), share: from - from.floor() })
    }));
    Ok(out)
}

fn len(slice: &Slice) -> usize {
    match slice {
        Slice::I16(values) => values.len(),
        Slice::F32(values) => values.len(),
    }
}

fn collect(
    count: usize,
    fractions: bool,
    values: impl Iterator<Item = f64>,
) -> Result<Slice, Error> {
    if fractions {
        let mut out = try_with_capacity(count, "a slice")?;
        out.extend(values.map(|value| value as f32));
        return Ok(Slice::F32(out));
    }
    let mut out = try_with_capacity(count, "a slice")?;
    out.extend(values.map(|value| value.round() as i16));
    Ok(Slice::I16(out))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_numbers_stay_whole() {
        let mut mix = Mix::default();
        mix.add(&Slice::I16(vec![0, 10, -5]), 0.75).unwrap();
        mix.add(&Slice::I16(vec![2, 20, -5]), 0.25).unwrap();
        assert_eq!(mix.finish().unwrap(), Slice::I16(vec![1, 13, -5]));
        let mut mix = Mix::default();
        mix.add(&Slice::I16(vec![0]), 0.5).unwrap();
        mix.add(&Slice::F32(vec![0.5]), 0.5).unwrap();
        assert!(mix.add(&Slice::I16(vec![0, 1]), 0.5).is_err());
        assert_eq!(mix.finish().unwrap(), Slice::F32(vec![0.25]));
    }

    #[test]
    fn a_shift_moves_values_forward() {
        let slice = Slice::I16(vec![0, 10, 20, 30, 40, 50]);
        // Two rows of three.
        let right = shifted(&slice, [3, 2], [3, 2], [1.0, 0.0], -1).unwrap();
        assert_eq!(right, Slice::I16(vec![-1, 0, 10, -1, 30, 40]));
        let half = shifted(&slice, [3, 2], [3, 2], [-0.5, 0.0], -1).unwrap();
        assert_eq!(half, Slice::I16(vec![5, 15, -1, 35, 45, -1]));
        let down = shifted(&slice, [3, 2], [3, 2], [0.0, 0.25], -1).unwrap();
        assert_eq!(down, Slice::I16(vec![-1, -1, -1, 23, 33, 43]));
        let far = shifted(&slice, [3, 2], [3, 2], [f64::NAN, 7.0], -1).unwrap();
        assert_eq!(far, Slice::I16(vec![-1; 6]));
        let nearly = shifted(&slice, [3, 2], [3, 2], [1e-9, -1e-9], -1).unwrap();
        assert_eq!(nearly, slice);
        let wider = shifted(&slice, [3, 2], [4, 3], [0.5, 1.0], -1).unwrap();
        assert_eq!(wider, Slice::I16(vec![-1, -1, -1, -1, -1, 5, 15, -1, -1, 35, 45, -1]));
        let padded = shifted(&slice, [3, 2], [4, 2], [0.0, 0.0], -1).unwrap();
        assert_eq!(padded, Slice::I16(vec![0, 10, 20, -1, 30, 40, 50, -1]));
    }
}
