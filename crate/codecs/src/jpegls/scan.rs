//! The lines of a JPEG-LS scan, of one component or several interleaved (T.87 annexes A and B).

use super::bits::Bits;
use super::model::{Model, Parameters};
use crate::CodecError;
use crate::frame::{error, zeros};

/// A line of one component, with one sample more on either side for the neighbours there (A.2.1).
#[derive(Debug)]
struct Lines {
    above: Vec<u16>,
    line: Vec<u16>,
    run_index: usize,
}

impl Lines {
    fn new(columns: usize) -> Result<Self, CodecError> {
        Ok(Self { above: zeros(columns + 2)?, line: zeros(columns + 2)?, run_index: 0 })
    }

    /// Sets the samples on either side: before the first comes the one above it; after the last of
    /// the line above comes itself again.
    fn begin(&mut self) {
        if let [.., last, beyond] = self.above.as_mut_slice() {
            *beyond = *last;
        }
        if let (Some(before), Some(&up)) = (self.line.first_mut(), self.above.get(1)) {
            *before = up;
        }
    }
}

/// Where a scan's samples go.
#[derive(Debug)]
pub(crate) struct Target<'s> {
    pub(crate) samples: &'s mut [u16],
    pub(crate) columns: usize,
    pub(crate) rows: usize,
    /// Components of the frame.
    pub(crate) step: usize,
    /// The places of the scan's components among the samples of a pixel.
    pub(crate) places: Vec<usize>,
}

/// How the scan's components are interleaved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Interleave {
    /// Line by line; also what a scan of one component is.
    Line,
    /// Sample by sample.
    Sample,
}

/// Decodes a scan. Returns the data after it.
pub(crate) fn decode<'a>(
    parameters: Parameters,
    interleave: Interleave,
    data: &'a [u8],
    target: &mut Target<'_>,
) -> Result<&'a [u8], CodecError> {
    let mut bits = Bits::new(data);
    let mut model = Model::new(parameters);
    let mut lines =
        target.places.iter().map(|_| Lines::new(target.columns)).collect::<Result<Vec<_>, _>>()?;
    let (columns, step, rows) = (target.columns, target.step, target.rows);
    for (row, out) in target.samples.chunks_exact_mut(columns * step).enumerate() {
        lines.iter_mut().for_each(Lines::begin);
        let done = match interleave {
            Interleave::Line => {
                lines.iter_mut().try_for_each(|lines| one(&mut model, &mut bits, lines, columns))
            }
            Interleave::Sample => together(&mut model, &mut bits, &mut lines, columns),
        };
        if done.is_none() || bits.overrun() {
            return Err(error(format!(
                "the JPEG-LS frame is damaged or cut off: it ends in row {} of {rows}",
                row + 1
            )));
        }
        for (lines, &place) in lines.iter_mut().zip(&target.places) {
            let values = lines.line.iter().skip(1);
            out.iter_mut()
                .skip(place)
                .step_by(step)
                .zip(values)
                .for_each(|(out, value)| *out = *value);
            std::mem::swap(&mut lines.above, &mut lines.line);
        }
    }
    Ok(bits.rest())
}

/// A line of one component.
fn one(model: &mut Model, bits: &mut Bits<'_>, lines: &mut Lines, columns: usize) -> Option<()> {
    let Lines { above, line, run_index } = lines;
    let (above, line) = (above.get(..columns + 2)?, line.get_mut(..columns + 2)?);
    let mut left = i32::from(*line.first()?);
    let mut corner = i32::from(*above.first()?);
    let mut up = i32::from(*above.get(1)?);
    let mut column = 1;
    while column <= columns {
        let right = i32::from(*above.get(column + 1)?);
        let context = model.context(left, up, corner, right);
        if context != 0 {
            left = model.regular(bits, context, left, up, corner)?;
            *line.get_mut(column)? = left as u16;
            (corner, up) = (up, right);
            column += 1;
            continue;
        }
        let (length, ended) = model.run(bits, run_index, columns + 1 - column);
        line.get_mut(column..column + length)?.fill(left as u16);
        column += length;
        if ended || column == columns + 1 {
            break;
        }
        up = i32::from(*above.get(column)?);
        let alike = (left - up).abs() <= model.near();
        left = model.after_run(bits, *run_index, left, up, alike)?;
        *run_index = run_index.saturating_sub(1);
        *line.get_mut(column)? = left as u16;
        corner = up;
        up = i32::from(*above.get(column + 1)?);
        column += 1;
    }
    Some(())
}

/// A line of several components, sample by sample: a run is one only where it is in all of them.
fn together(
    model: &mut Model,
    bits: &mut Bits<'_>,
    lines: &mut [Lines],
    columns: usize,
) -> Option<()> {
    let mut run_index = lines.first()?.run_index;
    let mut column = 1;
    while column <= columns {
        let mut contexts = [0; 4];
        for (context, lines) in contexts.iter_mut().zip(&*lines) {
            let [left, up, corner, right] = lines.around(column)?;
            *context = model.context(left, up, corner, right);
        }
        if contexts != [0; 4] {
            for (&context, lines) in contexts.iter().zip(&mut *lines) {
                let [left, up, corner, _] = lines.around(column)?;
                *lines.line.get_mut(column)? =
                    model.regular(bits, context, left, up, corner)? as u16;
            }
            column += 1;
            continue;
        }
        let (length, ended) = model.run(bits, &mut run_index, columns + 1 - column);
        for lines in &mut *lines {
            let left = *lines.line.get(column - 1)?;
            lines.line.get_mut(column..column + length)?.fill(left);
        }
        column += length;
        if ended || column == columns + 1 {
            break;
        }
        for lines in &mut *lines {
            let [left, up, ..] = lines.around(column)?;
            *lines.line.get_mut(column)? =
                model.after_run(bits, run_index, left, up, false)? as u16;
        }
        run_index = run_index.saturating_sub(1);
        column += 1;
    }
    lines.first_mut()?.run_index = run_index;
    Some(())
}

impl Lines {
    /// Ra, Rb, Rc and Rd (figure A.1).
    #[inline]
    fn around(&self, column: usize) -> Option<[i32; 4]> {
        let [corner, up, right] = *self.above.get(column - 1..)?.first_chunk::<3>()?;
        Some([*self.line.get(column - 1)?, up, corner, right].map(i32::from))
    }
}
