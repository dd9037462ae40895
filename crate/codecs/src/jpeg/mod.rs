//! JPEG (ISO/IEC 10918-1, ITU-T T.81) as DICOM uses it (PS3.5 §8.2.1): baseline, extended with 8
//! and 12 bits, and lossless with any predictor. Progressive JPEG was retired from DICOM.

mod bits;
mod dct;
mod huffman;
mod idct;
mod lossless;

use crate::frame::{Fields, Stream, error, pack, zeros};
use crate::{CodecError, Shape};
use bits::Bits;
use dct::{Grid, Plane, Tables};
use huffman::{Differences, Table};
use idct::Idct;

/// The marker codes (T.81 table B.1) that mean something here; each follows an FF byte.
mod code {
    pub(super) const SOF_BASELINE: u8 = 0xC0;
    pub(super) const SOF_EXTENDED: u8 = 0xC1;
    pub(super) const SOF_PROGRESSIVE: u8 = 0xC2;
    pub(super) const SOF_LOSSLESS: u8 = 0xC3;
    pub(super) const DHT: u8 = 0xC4;
    pub(super) const RST0: u8 = 0xD0;
    pub(super) const RST7: u8 = 0xD7;
    pub(super) const SOI: u8 = 0xD8;
    pub(super) const EOI: u8 = 0xD9;
    pub(super) const SOS: u8 = 0xDA;
    pub(super) const DQT: u8 = 0xDB;
    pub(super) const DRI: u8 = 0xDD;
    pub(super) const TEM: u8 = 0x01;
}

/// One component of a scan: its place among the samples of a pixel, and what decodes it.
#[derive(Debug)]
struct Part<T> {
    place: usize,
    table: T,
}

/// A component as the frame header names it.
#[derive(Debug)]
struct Component {
    id: u8,
    across: usize,
    down: usize,
    quantisation: usize,
    decoded: bool,
}

/// The frame header, and the samples decoded so far.
#[derive(Debug)]
struct Picture {
    stream: Stream,
    components: Vec<Component>,
    pixels: Pixels,
}

#[derive(Debug)]
enum Pixels {
    Lossless(Vec<u16>),
    Dct(Grid, Vec<Plane>),
}

/// Everything the markers set up before a scan.
#[derive(Debug, Default)]
struct Decoder {
    dc: [Option<Table>; 4],
    ac: [Option<Table>; 4],
    quantisation: [Option<[u16; 64]>; 4],
    restart_interval: usize,
    picture: Option<Picture>,
}

/// Decodes one JPEG frame. Colour is left as it was coded.
pub(crate) fn decode(frame: &[u8], shape: &Shape) -> Result<Vec<u8>, CodecError> {
    let mut decoder = Decoder::default();
    let mut fields = Fields(frame);
    if fields.take(2)? != [0xFF, code::SOI] {
        return Err(error("the frame does not begin as a JPEG picture does"));
    }
    while let Some((marker, after)) = Bits::new(fields.0).marker() {
        fields = Fields(after);
        match marker {
            code::EOI => break,
            code::TEM | code::RST0..=code::SOI => continue,
            _ => {}
        }
        let mut segment = fields.segment()?;
        match marker {
            code::SOF_BASELINE | code::SOF_EXTENDED | code::SOF_LOSSLESS => {
                decoder.frame_header(marker, &mut segment, shape)?;
            }
            code::SOF_PROGRESSIVE => {
                return Err(error("progressive JPEG (retired from DICOM) is not decoded"));
            }
            code::DHT => decoder.huffman_tables(&mut segment)?,
            0xC5..=0xC7 | 0xC9..=0xCF => {
                return Err(error(format!(
                    "JPEG process SOF{} (hierarchical or arithmetic, retired from DICOM) is not decoded",
                    marker & 15
                )));
            }
            code::DQT => decoder.quantisation_tables(&mut segment)?,
            code::DRI => decoder.restart_interval = usize::from(segment.u16()?),
            code::SOS => {
                let bits = Bits::new(fields.0);
                decoder.scan(&mut segment, bits)?;
                // The search for the next marker steps over what the scan was: only restart
                // markers are in it.
            }
            // Application data and comments.
            _ => {}
        }
    }
    let picture = decoder.picture.ok_or_else(|| error("the JPEG frame has no frame header"))?;
    picture.finish(shape)
}

impl Decoder {
    /// DHT (B.2.4.2).
    fn huffman_tables(&mut self, segment: &mut Fields<'_>) -> Result<(), CodecError> {
        while !segment.0.is_empty() {
            let which = segment.u8()?;
            let table = Table::read(segment)?;
            let tables = if which >> 4 == 0 { &mut self.dc } else { &mut self.ac };
            match tables.get_mut(usize::from(which & 15)) {
                Some(place) if which >> 4 <= 1 => *place = Some(table),
                _ => return Err(error(format!("a Huffman table is numbered {which:#04x}"))),
            }
        }
        Ok(())
    }

    /// DQT (B.2.4.1).
    fn quantisation_tables(&mut self, segment: &mut Fields<'_>) -> Result<(), CodecError> {
        while !segment.0.is_empty() {
            let which = segment.u8()?;
            let mut table = [0_u16; 64];
            for value in &mut table {
                *value = if which >> 4 == 0 { u16::from(segment.u8()?) } else { segment.u16()? };
            }
            match self.quantisation.get_mut(usize::from(which & 15)) {
                Some(place) if which >> 4 <= 1 => *place = Some(table),
                _ => return Err(error(format!("a quantisation table is numbered {which:#04x}"))),
            }
        }
        Ok(())
    }

    /// SOF (B.2.2). The size is checked against the DICOM header before anything is allocated.
    fn frame_header(
        &mut self,
        marker: u8,
        segment: &mut Fields<'_>,
        shape: &Shape,
    ) -> Result<(), CodecError> {
        if self.picture.is_some() {
            return Err(error("the JPEG frame has two frame headers"));
        }
        let precision = u32::from(segment.u8()?);
        let (rows, columns) = (u32::from(segment.u16()?), u32::from(segment.u16()?));
        let count = usize::from(segment.u8()?);
        let allowed = match marker {
            code::SOF_BASELINE => precision == 8,
            code::SOF_EXTENDED => matches!(precision, 8 | 12),
            _ => (2..=16).contains(&precision),
        };
        if !allowed {
            return Err(error(format!(
                "a JPEG frame of {precision} bits per sample cannot be (SOF{})",
                marker & 15
            )));
        }
        let stream = Stream { columns, rows, components: count, precision };
        let samples = stream.check(shape)?;
        let mut components = Vec::new();
        for _ in 0..count {
            let (id, sampling, quantisation) = (segment.u8()?, segment.u8()?, segment.u8()?);
            let (across, down) = (usize::from(sampling >> 4), usize::from(sampling & 15));
            if !(1..=4).contains(&across) || !(1..=4).contains(&down) {
                return Err(error(format!("a JPEG sampling of {across} × {down} cannot be")));
            }
            components.push(Component {
                id,
                across,
                down,
                quantisation: usize::from(quantisation),
                decoded: false,
            });
        }
        let grid = Grid {
            columns: columns as usize,
            rows: rows as usize,
            across: components.iter().map(|component| component.across).max().unwrap_or(1),
            down: components.iter().map(|component| component.down).max().unwrap_or(1),
        };
        let pixels = if marker == code::SOF_LOSSLESS {
            if components
                .iter()
                .any(|component| (component.across, component.down) != (grid.across, grid.down))
            {
                return Err(error(
                    "a lossless JPEG frame with components of different sizes is not decoded",
                ));
            }
            Pixels::Lossless(zeros(samples)?)
        } else {
            let planes = components
                .iter()
                .map(|component| Plane::new(&grid, component.across, component.down));
            Pixels::Dct(grid, planes.collect::<Result<_, _>>()?)
        };
        self.picture = Some(Picture { stream, components, pixels });
        Ok(())
    }

    /// SOS (B.2.3) and the entropy-coded data after it.
    fn scan(&mut self, segment: &mut Fields<'_>, bits: Bits<'_>) -> Result<(), CodecError> {
        let picture = self
            .picture
            .as_mut()
            .ok_or_else(|| error("a JPEG scan comes before the frame header"))?;
        let count = usize::from(segment.u8()?);
        let mut chosen = Vec::new();
        for _ in 0..count {
            let (id, tables) = (segment.u8()?, segment.u8()?);
            let place = picture
                .components
                .iter()
                .position(|component| component.id == id && !component.decoded);
            let place = place.ok_or_else(|| {
                error(format!(
                    "a JPEG scan names component {id}, which is not there or was decoded before"
                ))
            })?;
            if let Some(component) = picture.components.get_mut(place) {
                component.decoded = true;
            }
            chosen.push((place, usize::from(tables >> 4), usize::from(tables & 15)));
        }
        if chosen.is_empty() {
            return Err(error("a JPEG scan has no components"));
        }
        // In a sequential scan they are 0, 63 and 0; some writers say something else and mean that.
        let (start, _, approximation) = (segment.u8()?, segment.u8()?, segment.u8()?);
        let stream = picture.stream;
        match &mut picture.pixels {
            Pixels::Lossless(samples) => {
                let point_transform = u32::from(approximation & 15);
                if !(1..=7).contains(&start) || point_transform >= stream.precision {
                    return Err(error(format!(
                        "a lossless JPEG scan with predictor {start} and point transform {point_transform} cannot be"
                    )));
                }
                let parts = chosen
                    .iter()
                    .map(|&(place, dc, _)| {
                        Ok(Part { place, table: Differences::new(table(&self.dc, dc)?) })
                    })
                    .collect::<Result<_, CodecError>>()?;
                let scan = lossless::Scan {
                    parts,
                    predictor: start,
                    point_transform,
                    precision: stream.precision,
                    columns: stream.columns as usize,
                    rows: stream.rows as usize,
                    step: stream.components,
                };
                scan.decode(bits, self.restart_interval, samples)
            }
            Pixels::Dct(grid, planes) => {
                let idcts = chosen
                    .iter()
                    .map(|&(place, _, _)| {
                        let number = picture
                            .components
                            .get(place)
                            .map_or(0, |component| component.quantisation);
                        let table = self.quantisation.get(number).and_then(Option::as_ref);
                        let table = table.ok_or_else(|| {
                            error(format!("the JPEG frame has no quantisation table {number}"))
                        })?;
                        Ok(Idct::new(table, stream.precision))
                    })
                    .collect::<Result<Vec<_>, CodecError>>()?;
                let parts = chosen
                    .iter()
                    .zip(&idcts)
                    .map(|(&(place, dc, ac), idct)| {
                        Ok(Part {
                            place,
                            table: Tables {
                                dc: table(&self.dc, dc)?,
                                ac: table(&self.ac, ac)?,
                                idct,
                            },
                        })
                    })
                    .collect::<Result<Vec<_>, CodecError>>()?;
                dct::scan(grid, &parts, bits, self.restart_interval, planes)
            }
        }
    }
}

fn table(tables: &[Option<Table>; 4], number: usize) -> Result<&Table, CodecError> {
    let found = tables.get(number).and_then(Option::as_ref);
    found.ok_or_else(|| error(format!("the JPEG frame has no Huffman table {number}")))
}

impl Picture {
    /// Samples side by side, once every component was decoded.
    fn finish(self, shape: &Shape) -> Result<Vec<u8>, CodecError> {
        let missing = self.components.iter().filter(|component| !component.decoded).count();
        if missing > 0 {
            return Err(error(format!(
                "the JPEG frame ends without {missing} of its {} components",
                self.components.len()
            )));
        }
        match self.pixels {
            Pixels::Lossless(samples) => pack(&samples, shape),
            Pixels::Dct(grid, planes) => {
                let mut samples: Vec<u16> = zeros(shape.samples())?;
                for (row, line) in samples.chunks_exact_mut(grid.columns * planes.len()).enumerate()
                {
                    for (place, plane) in planes.iter().enumerate() {
                        let values = plane.row(&grid, row);
                        line.iter_mut()
                            .skip(place)
                            .step_by(planes.len())
                            .zip(values)
                            .for_each(|(out, value)| *out = value);
                    }
                }
                pack(&samples, shape)
            }
        }
    }
}

/// Counts what may lie between two restart markers (E.2.4): MCUs, or rows.
#[derive(Debug)]
struct Restarts {
    every: usize,
    left: usize,
    number: u8,
}

impl Restarts {
    fn new(every: usize) -> Self {
        Self { every, left: every, number: 0 }
    }

    /// Is a restart marker next? Counts one more otherwise.
    fn due(&mut self) -> bool {
        if self.every == 0 {
            return false;
        }
        if self.left == 0 {
            self.left = self.every - 1;
            return true;
        }
        self.left -= 1;
        false
    }

    /// The bits after the restart marker, which must be the one whose turn it is.
    fn next<'a>(&mut self, bits: &Bits<'a>) -> Result<Bits<'a>, CodecError> {
        let expected = code::RST0 + self.number;
        self.number = (self.number + 1) % 8;
        match bits.marker() {
            Some((marker, after)) if marker == expected && !bits.overrun() => Ok(Bits::new(after)),
            Some((marker @ code::RST0..=code::RST7, _)) => Err(error(format!(
                "the JPEG frame is damaged: restart marker {} where {} should be",
                marker - code::RST0,
                expected - code::RST0
            ))),
            _ => Err(error(format!(
                "the JPEG frame is damaged: restart marker {} is missing",
                expected - code::RST0
            ))),
        }
    }
}

fn damaged(row: usize, rows: usize) -> CodecError {
    error(format!("the JPEG frame is damaged or cut off: it ends in row {} of {rows}", row + 1))
}
