//! JPEG-LS (ISO/IEC 14495-1, ITU-T T.87), lossless and near-lossless.

mod bits;
mod model;
mod scan;

use crate::frame::{Fields, Stream, error, pack, zeros};
use crate::{CodecError, Shape};
use model::Parameters;
use scan::{Interleave, Target};

/// The marker codes (T.87 C.1.1); each follows an FF byte.
mod code {
    pub(super) const SOI: u8 = 0xD8;
    pub(super) const EOI: u8 = 0xD9;
    pub(super) const SOS: u8 = 0xDA;
    pub(super) const DRI: u8 = 0xDD;
    pub(super) const APP8: u8 = 0xE8;
    pub(super) const SOF: u8 = 0xF7;
    pub(super) const LSE: u8 = 0xF8;
}

/// MAXVAL, T1, T2, T3 and RESET of an LSE segment; 0 stands for the default.
type Preset = [i32; 5];

/// The frame header, and the samples decoded so far.
#[derive(Debug)]
struct Picture {
    stream: Stream,
    /// Each component's number, and whether it was decoded.
    components: Vec<(u8, bool)>,
    samples: Vec<u16>,
}

/// Decodes one JPEG-LS frame.
pub(crate) fn decode(frame: &[u8], shape: &Shape) -> Result<Vec<u8>, CodecError> {
    let mut fields = Fields(frame);
    if fields.take(2)? != [0xFF, code::SOI] {
        return Err(error("the frame does not begin as a JPEG-LS picture does"));
    }
    let mut preset = Preset::default();
    let mut picture: Option<Picture> = None;
    while let Some(marker) = next_marker(&mut fields) {
        if marker == code::EOI {
            break;
        }
        let mut segment = fields.segment()?;
        match marker {
            code::SOF if picture.is_some() => {
                return Err(error("the JPEG-LS frame has two frame headers"));
            }
            code::SOF => picture = Some(Picture::new(&mut segment, shape)?),
            code::LSE => preset = read_preset(&mut segment)?,
            code::SOS => {
                let picture = picture
                    .as_mut()
                    .ok_or_else(|| error("a JPEG-LS scan comes before the frame header"))?;
                fields.0 = picture.scan(&mut segment, fields.0, preset)?;
            }
            code::DRI if segment.0.iter().any(|&byte| byte != 0) => {
                return Err(error("a JPEG-LS frame with restart intervals is not decoded"));
            }
            0xC0..=0xC3 => return Err(error("the frame is JPEG, not JPEG-LS")),
            code::APP8
                if segment.0.starts_with(b"mrfx")
                    && segment.0.get(4).is_some_and(|&kind| kind != 0) =>
            {
                return Err(error(
                    "a JPEG-LS frame with a colour transform of its own is not decoded",
                ));
            }
            _ => {}
        }
    }
    let picture = picture.ok_or_else(|| error("the JPEG-LS frame has no frame header"))?;
    let missing = picture.components.iter().filter(|(_, decoded)| !decoded).count();
    if missing > 0 {
        return Err(error(format!(
            "the JPEG-LS frame ends without {missing} of its {} components",
            picture.components.len()
        )));
    }
    pack(&picture.samples, shape)
}

/// The next marker's code; fill bytes before it are stepped over.
fn next_marker(fields: &mut Fields<'_>) -> Option<u8> {
    let start = fields.0.windows(2).position(|pair| matches!(pair, [0xFF, 0x80..=0xFE]))?;
    let code = fields.0.get(start + 1).copied()?;
    fields.0 = fields.0.get(start + 2..)?;
    Some(code)
}

/// LSE (C.2.4.1): only the coding parameters mean something for DICOM.
fn read_preset(segment: &mut Fields<'_>) -> Result<Preset, CodecError> {
    match segment.u8()? {
        1 => {
            let mut preset = Preset::default();
            for value in &mut preset {
                *value = i32::from(segment.u16()?);
            }
            Ok(preset)
        }
        kind => Err(error(format!(
            "a JPEG-LS frame with a palette or an extended size (LSE type {kind}) is not decoded"
        ))),
    }
}

impl Picture {
    /// SOF (C.2.2). The size is checked against the DICOM header before anything is allocated.
    fn new(segment: &mut Fields<'_>, shape: &Shape) -> Result<Self, CodecError> {
        let precision = u32::from(segment.u8()?);
        let (rows, columns) = (u32::from(segment.u16()?), u32::from(segment.u16()?));
        let count = usize::from(segment.u8()?);
        if !(2..=16).contains(&precision) {
            return Err(error(format!("a JPEG-LS frame of {precision} bits per sample cannot be")));
        }
        let stream = Stream { columns, rows, components: count, precision };
        let samples = stream.check(shape)?;
        let mut components = Vec::new();
        for _ in 0..count {
            let (id, sampling, _) = (segment.u8()?, segment.u8()?, segment.u8()?);
            if sampling != 0x11 {
                return Err(error(
                    "a JPEG-LS frame with components of different sizes is not decoded",
                ));
            }
            components.push((id, false));
        }
        Ok(Self { stream, components, samples: zeros(samples)? })
    }

    /// SOS (C.2.3) and the coded data after it. Returns what follows.
    fn scan<'a>(
        &mut self,
        segment: &mut Fields<'_>,
        data: &'a [u8],
        preset: Preset,
    ) -> Result<&'a [u8], CodecError> {
        let count = usize::from(segment.u8()?);
        let mut places = Vec::new();
        for _ in 0..count {
            let (id, table) = (segment.u8()?, segment.u8()?);
            if table != 0 {
                return Err(error("a JPEG-LS frame with a palette is not decoded"));
            }
            let place = self.components.iter().position(|&component| component == (id, false));
            let place = place.ok_or_else(|| {
                error(format!(
                    "a JPEG-LS scan names component {id}, which is not there or was decoded before"
                ))
            })?;
            if let Some((_, decoded)) = self.components.get_mut(place) {
                *decoded = true;
            }
            places.push(place);
        }
        let (near, interleave, transform) =
            (i32::from(segment.u8()?), segment.u8()?, segment.u8()?);
        let interleave = match (interleave, count) {
            (0..=2, 1) | (1, 2..) => Interleave::Line,
            (2, 2..) => Interleave::Sample,
            _ => {
                return Err(error(format!(
                    "a JPEG-LS scan of {count} components interleaved as {interleave} cannot be"
                )));
            }
        };
        if transform != 0 {
            return Err(error("a JPEG-LS frame with a point transform is not decoded"));
        }
        let parameters = self.parameters(near, preset)?;
        let mut target = Target {
            samples: &mut self.samples,
            columns: self.stream.columns as usize,
            rows: self.stream.rows as usize,
            step: self.stream.components,
            places,
        };
        scan::decode(parameters, interleave, data, &mut target)
    }

    /// What the LSE segment gave, and the defaults for the rest, in the ranges of table C.1.
    fn parameters(&self, near: i32, preset: Preset) -> Result<Parameters, CodecError> {
        let highest = (1 << self.stream.precision) - 1;
        let [maximum, first, second, third, reset] = preset;
        let maximum = if maximum == 0 { highest } else { maximum };
        if maximum > highest || near > (maximum / 2).min(255) {
            return Err(error(format!(
                "a JPEG-LS frame of {} bits with samples up to {maximum} and an error of {near} cannot be",
                self.stream.precision
            )));
        }
        let mut parameters = Parameters::new(maximum, near);
        let given = [first, second, third];
        for (threshold, given) in parameters.thresholds.iter_mut().zip(given) {
            if given != 0 {
                *threshold = given;
            }
        }
        if reset != 0 {
            parameters.reset = reset;
        }
        let [first, second, third] = parameters.thresholds;
        if !(near < first && first <= second && second <= third && third <= maximum.max(4))
            || parameters.reset < 3
        {
            return Err(error(format!(
                "the JPEG-LS thresholds {first}, {second}, {third} and reset {} cannot be",
                parameters.reset
            )));
        }
        Ok(parameters)
    }
}
