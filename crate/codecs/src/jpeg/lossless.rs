//! Process 14 (T.81 annex H): each sample is its prediction from three neighbours plus a difference.

use super::bits::Bits;
use super::huffman::Differences;
use super::{Part, Restarts, damaged};
use crate::CodecError;
use crate::frame::error;

/// What the scan header says, and where its samples go.
#[derive(Debug)]
pub(crate) struct Scan<'t> {
    /// For each component of the scan: its place among the samples of a pixel, and its table.
    pub(crate) parts: Vec<Part<Differences<'t>>>,
    /// Ss: 1 to 7.
    pub(crate) predictor: u8,
    /// Al: the samples were shifted down by so many bits before coding.
    pub(crate) point_transform: u32,
    pub(crate) precision: u32,
    pub(crate) columns: usize,
    pub(crate) rows: usize,
    /// Samples of a pixel in `samples`.
    pub(crate) step: usize,
}

impl Scan<'_> {
    pub(crate) fn decode(
        &self,
        mut bits: Bits<'_>,
        interval: usize,
        samples: &mut [u16],
    ) -> Result<(), CodecError> {
        // H.1.1: an interval is whole rows.
        if !interval.is_multiple_of(self.columns) {
            return Err(error(format!(
                "a restart interval of {interval} samples in rows of {} is not whole rows",
                self.columns
            )));
        }
        let mut restarts = Restarts::new(interval / self.columns);
        let stride = self.columns * self.step;
        let mut above: &mut [u16] = &mut [];
        for (index, row) in samples.chunks_exact_mut(stride).enumerate() {
            if restarts.due() {
                bits = restarts.next(&bits)?;
                above = &mut [];
            }
            self.row(&mut bits, above, row).ok_or_else(|| damaged(index, self.rows))?;
            if bits.overrun() {
                return Err(damaged(index, self.rows));
            }
            above = row;
        }
        if self.point_transform > 0 {
            for part in &self.parts {
                samples
                    .iter_mut()
                    .skip(part.place)
                    .step_by(self.step)
                    .for_each(|sample| *sample <<= self.point_transform);
            }
        }
        Ok(())
    }

    /// One row. Without a row above (the first, or after a restart) it is predicted from the left
    /// alone, and its first sample is half the range.
    fn row(&self, bits: &mut Bits<'_>, above: &[u16], row: &mut [u16]) -> Option<()> {
        let middle = 1 << (self.precision - self.point_transform - 1);
        for part in &self.parts {
            let first = above.get(part.place).map_or(middle, |&up| i32::from(up));
            *row.get_mut(part.place)? = (first + part.table.next(bits)?) as u16;
        }
        if above.is_empty() {
            return self.rest(bits, row, row_of_none, |left, _, _| left);
        }
        let up = |index: usize| above.get(index).map_or(0, |&up| i32::from(up));
        // The predictors of table H.1, from Ra (left), Rb (above) and Rc (above left).
        match self.predictor {
            1 => self.rest(bits, row, row_of_none, |left, _, _| left),
            2 => self.rest(bits, row, up, |_, up, _| up),
            3 => self.rest(bits, row, up, |_, _, corner| corner),
            4 => self.rest(bits, row, up, |left, up, corner| left + up - corner),
            5 => self.rest(bits, row, up, |left, up, corner| left + ((up - corner) >> 1)),
            6 => self.rest(bits, row, up, |left, up, corner| up + ((left - corner) >> 1)),
            _ => self.rest(bits, row, up, |left, up, _| (left + up) >> 1),
        }
    }

    #[inline(always)]
    fn rest(
        &self,
        bits: &mut Bits<'_>,
        row: &mut [u16],
        up: impl Fn(usize) -> i32,
        predict: impl Fn(i32, i32, i32) -> i32,
    ) -> Option<()> {
        if let ([part], 1) = (self.parts.as_slice(), self.step) {
            let mut left = i32::from(*row.first()?);
            let mut corner = up(0);
            let mut ahead = *bits;
            for (index, sample) in row.iter_mut().enumerate().skip(1) {
                let above = up(index);
                // Modulo 2¹⁶ (H.1.2.1).
                *sample = (predict(left, above, corner) + part.table.next(&mut ahead)?) as u16;
                left = i32::from(*sample);
                corner = above;
            }
            *bits = ahead;
            return Some(());
        }
        for pixel in 1..self.columns {
            for part in &self.parts {
                let index = pixel * self.step + part.place;
                let left = i32::from(*row.get(index - self.step)?);
                let predicted = predict(left, up(index), up(index - self.step));
                *row.get_mut(index)? = (predicted + part.table.next(bits)?) as u16;
            }
        }
        Some(())
    }
}

fn row_of_none(_: usize) -> i32 {
    0
}
