//! The parameters that headers set (15444-1 A.5 and A.6): how components are coded and quantised, and in
//! which order their packets come. The main header's are for the whole picture, a tile's for the tile.

use super::block::Style;
use crate::CodecError;
use crate::frame::{Fields, error};

pub(crate) const COD: u16 = 0xFF52;
pub(crate) const COC: u16 = 0xFF53;
pub(crate) const QCD: u16 = 0xFF5C;
pub(crate) const QCC: u16 = 0xFF5D;
const RGN: u16 = 0xFF5E;
const POC: u16 = 0xFF5F;
pub(crate) const SOT: u16 = 0xFF90;
pub(crate) const SOD: u16 = 0xFF93;

/// COD and COC, as far as it is a component's (tables A.15 and A.20).
#[derive(Debug, Clone)]
pub(crate) struct Coding {
    pub(crate) levels: u32,
    /// Exponents of the code blocks' width and height.
    pub(crate) block: (u32, u32),
    pub(crate) style: Style,
    pub(crate) reversible: bool,
    /// Exponents of the precincts' width and height, for each resolution.
    pub(crate) precincts: Vec<(u32, u32)>,
}

/// QCD or QCC (A.6.4): exponent and mantissa of each sub-band's step.
#[derive(Debug, Clone, Default)]
pub(crate) struct Quantisation {
    pub(crate) guard: u32,
    /// Does only the first step stand there, the others following from it?
    derived: bool,
    steps: Vec<(u32, u32)>,
}

impl Quantisation {
    /// The step of a sub-band of resolution `resolution`; `place` counts HL, LH, HH (equation E-5).
    pub(crate) fn step(&self, resolution: u32, place: u32) -> Option<(u32, u32)> {
        if self.derived {
            let &(exponent, mantissa) = self.steps.first()?;
            return Some((exponent.saturating_sub(resolution.saturating_sub(1)), mantissa));
        }
        let at = if resolution == 0 { 0 } else { 3 * (resolution - 1) + 1 + place };
        self.steps.get(at as usize).copied()
    }
}

/// A progression order, and the part of the packets it is for (POC, A.6.6).
#[derive(Debug, Clone, Copy)]
pub(crate) struct Progression {
    pub(crate) order: u8,
    pub(crate) resolutions: (u32, u32),
    pub(crate) components: (usize, usize),
    pub(crate) layers: u32,
}

/// All that a main header or a tile's can set.
#[derive(Debug, Clone)]
pub(crate) struct Parameters {
    order: u8,
    pub(crate) layers: u32,
    pub(crate) transform: bool,
    pub(crate) start_markers: bool,
    pub(crate) end_markers: bool,
    pub(crate) coding: Vec<Coding>,
    pub(crate) quantisation: Vec<Quantisation>,
    /// RGN (A.6.3): by how many bits a region of interest is moved up.
    pub(crate) shift: Vec<u32>,
    pub(crate) changes: Vec<Progression>,
    /// Which of the above were set by COC and QCC: COD and QCD leave these alone.
    own_coding: Vec<bool>,
    own_quantisation: Vec<bool>,
}

impl Parameters {
    /// Before anything is read, for `count` components.
    pub(crate) fn new(count: usize) -> Self {
        Self {
            order: 0,
            layers: 0,
            transform: false,
            start_markers: false,
            end_markers: false,
            coding: Vec::new(),
            quantisation: vec![Quantisation::default(); count],
            shift: vec![0; count],
            changes: Vec::new(),
            own_coding: vec![false; count],
            own_quantisation: vec![false; count],
        }
    }

    /// What a tile begins with: its COD goes before the main header's COC (A.6.1).
    pub(crate) fn of_tile(&self) -> Self {
        let count = self.shift.len();
        Self {
            own_coding: vec![false; count],
            own_quantisation: vec![false; count],
            ..self.clone()
        }
    }

    /// The progressions, one after the other.
    pub(crate) fn progressions(&self) -> Vec<Progression> {
        let all = Progression {
            order: self.order,
            resolutions: (0, 33),
            components: (0, self.coding.len()),
            layers: self.layers,
        };
        if self.changes.is_empty() { vec![all] } else { self.changes.clone() }
    }
}

/// The next marker segment; `None` at the marker `last`, which is read, too.
pub(crate) fn next_segment<'a>(
    fields: &mut Fields<'a>,
    last: u16,
) -> Result<Option<(u16, Fields<'a>)>, CodecError> {
    loop {
        let marker = fields.u16()?;
        if marker == last {
            return Ok(None);
        }
        // These have nothing after them (A.1.3).
        if !(0xFF30..=0xFF3F).contains(&marker) {
            return Ok(Some((marker, fields.segment()?)));
        }
    }
}

impl Parameters {
    /// Reads marker segments, up to and with the marker `last`; `other` sees all of them.
    pub(crate) fn segments<'a>(
        &mut self,
        fields: &mut Fields<'a>,
        last: u16,
        mut other: impl FnMut(u16, &mut Fields<'a>) -> Result<(), CodecError>,
    ) -> Result<(), CodecError> {
        let count = self.shift.len();
        while let Some((marker, mut segment)) = next_segment(fields, last)? {
            match marker {
                COD => self.cod(&mut segment, count)?,
                COC => {
                    let component = usize::from(segment.u8()?);
                    let style = segment.u8()?;
                    let coding = Coding::read(&mut segment, style & 1 != 0)?;
                    let places =
                        (self.coding.get_mut(component), self.own_coding.get_mut(component));
                    if let (Some(place), Some(own)) = places {
                        (*place, *own) = (coding, true);
                    }
                }
                QCD => {
                    let read = Quantisation::read(&mut segment)?;
                    for (place, own) in self.quantisation.iter_mut().zip(&self.own_quantisation) {
                        if !own {
                            place.clone_from(&read);
                        }
                    }
                }
                QCC => {
                    let component = usize::from(segment.u8()?);
                    let read = Quantisation::read(&mut segment)?;
                    let places = (
                        self.quantisation.get_mut(component),
                        self.own_quantisation.get_mut(component),
                    );
                    if let (Some(place), Some(own)) = places {
                        (*place, *own) = (read, true);
                    }
                }
                RGN => {
                    let component = usize::from(segment.u8()?);
                    segment.u8()?;
                    let shift = u32::from(segment.u8()?);
                    if let Some(place) = self.shift.get_mut(component) {
                        *place = shift;
                    }
                }
                POC => {
                    while !segment.0.is_empty() {
                        let from = (u32::from(segment.u8()?), usize::from(segment.u8()?));
                        let layers = u32::from(segment.u16()?);
                        let to = (u32::from(segment.u8()?), usize::from(segment.u8()?));
                        let order = segment.u8()?;
                        self.changes.push(Progression {
                            order,
                            resolutions: (from.0, to.0),
                            // Zero stands for 256.
                            components: (from.1, if to.1 == 0 { 256 } else { to.1 }),
                            layers,
                        });
                    }
                }
                _ => other(marker, &mut segment)?,
            }
        }
        Ok(())
    }

    fn cod(&mut self, segment: &mut Fields<'_>, count: usize) -> Result<(), CodecError> {
        let style = segment.u8()?;
        self.start_markers = style & 2 != 0;
        self.end_markers = style & 4 != 0;
        self.order = segment.u8()?;
        self.layers = u32::from(segment.u16()?);
        self.transform = segment.u8()? != 0;
        let coding = Coding::read(segment, style & 1 != 0)?;
        if self.order > 4 {
            return Err(error(format!("JPEG 2000 progression {} cannot be", self.order)));
        }
        if self.coding.is_empty() {
            self.coding = vec![coding; count];
            return Ok(());
        }
        for (place, own) in self.coding.iter_mut().zip(&self.own_coding) {
            if !own {
                place.clone_from(&coding);
            }
        }
        Ok(())
    }
}

impl Coding {
    /// What COD and COC have in common, from the number of levels on.
    pub(crate) fn read(segment: &mut Fields<'_>, precincts: bool) -> Result<Self, CodecError> {
        let levels = u32::from(segment.u8()?);
        let block = (u32::from(segment.u8()?) + 2, u32::from(segment.u8()?) + 2);
        let (wide, high) = block;
        let style = Style(segment.u8()?);
        let reversible = segment.u8()? == 1;
        if levels > 32 || wide > 10 || high > 10 || wide + high > 12 {
            return Err(error(format!(
                "a JPEG 2000 frame of {levels} levels with code blocks of 2^{wide} × 2^{high} cannot be"
            )));
        }
        let mut sizes = Vec::new();
        for resolution in 0..=levels {
            let size = if precincts { segment.u8()? } else { 0xFF };
            let (across, down) = (u32::from(size & 15), u32::from(size >> 4));
            // Above the lowest resolution a precinct is cut in half to lie in a sub-band.
            if resolution > 0 && (across == 0 || down == 0) {
                return Err(error(format!(
                    "a JPEG 2000 precinct of 2^{across} × 2^{down} cannot be"
                )));
            }
            sizes.push((across, down));
        }
        Ok(Self { levels, block, style, reversible, precincts: sizes })
    }
}

impl Quantisation {
    fn read(segment: &mut Fields<'_>) -> Result<Self, CodecError> {
        let style = segment.u8()?;
        let mut steps = Vec::new();
        while !segment.0.is_empty() {
            steps.push(if style & 31 == 0 {
                (u32::from(segment.u8()? >> 3), 0)
            } else {
                let step = u32::from(segment.u16()?);
                (step >> 11, step & 0x7FF)
            });
        }
        Ok(Self { guard: u32::from(style >> 5), derived: style & 31 == 1, steps })
    }
}
