//! Decoding one code block (15444-1 annex D): codeword segments, and which passes are in them.

pub(crate) use super::passes::MAX_AREA;
use super::{
    mq::{self, Contexts, Mq},
    passes::Coefficients,
    source::{Arithmetic, Raw, Source},
    tables::{Band, RUN, UNIFORM, significance},
};
use crate::CodecError;
use crate::frame::error;

/// The most bit planes that are decoded: with a sign and half a bit they fill 32 bits.
const MAX_PLANES: u32 = 30;

/// Code block style (table A.19).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Style(pub(crate) u8);

impl Style {
    pub(crate) fn bypass(self) -> bool {
        self.0 & 1 != 0
    }
    pub(crate) fn reset(self) -> bool {
        self.0 & 2 != 0
    }
    pub(crate) fn terminate_all(self) -> bool {
        self.0 & 4 != 0
    }
    pub(crate) fn causal(self) -> bool {
        self.0 & 8 != 0
    }
    pub(crate) fn symbols(self) -> bool {
        self.0 & 0x20 != 0
    }

    /// High-throughput blocks (15444-15) have bit 6.
    pub(crate) fn is_high_throughput(self) -> bool {
        self.0 & 0x40 != 0
    }

    pub(crate) fn is_part_one(self) -> bool {
        self.0 & 0xC0 == 0
    }

    /// The passes that a codeword segment beginning at pass `from` may have (table D.9).
    pub(crate) fn segment_passes(self, from: u32) -> u32 {
        if self.terminate_all() {
            1
        } else if !self.bypass() {
            u32::MAX
        } else if from < 10 {
            10 - from
        } else if self.raw(from) {
            2
        } else {
            1
        }
    }

    /// Is the pass not arithmetically coded (D.6)?
    fn raw(self, pass: u32) -> bool {
        self.bypass() && pass >= 10 && !pass.is_multiple_of(3)
    }
}

/// A code block's size, and how it is coded.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Shape {
    pub(crate) width: usize,
    pub(crate) height: usize,
    pub(crate) band: Band,
    pub(crate) style: Style,
    /// Bit planes that are coded, the zero ones above not counted.
    pub(crate) planes: u32,
}

/// One codeword segment's part in a layer.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Piece<'a> {
    pub(crate) data: &'a [u8],
    /// Passes that end in it, by the packet's count.
    pub(crate) passes: u32,
    /// Does a codeword segment begin here?
    pub(crate) begins: bool,
}

/// The memory of a decoder, for one block after the other.
#[derive(Debug)]
pub(crate) struct Decoder {
    block: Box<Coefficients>,
    bits: Vec<u8>,
}

/// Table D.7.
fn fresh() -> Contexts {
    let mut contexts = [mq::initial(0); 32];
    contexts[0] = mq::initial(4);
    contexts[usize::from(RUN)] = mq::initial(3);
    contexts[usize::from(UNIFORM)] = mq::initial(46);
    contexts
}

impl Decoder {
    pub(crate) fn new() -> Self {
        Self { block: Coefficients::new(), bits: Vec::new() }
    }

    /// The coefficients of the block decoded last.
    pub(crate) fn coefficients(&self) -> &[[u32; 4]] {
        self.block.columns()
    }

    /// Decodes a block.
    pub(crate) fn decode(&mut self, shape: &Shape, pieces: &[Piece<'_>]) -> Result<(), CodecError> {
        let &Shape { width, height, band, style, planes } = shape;
        let block = &mut self.block;
        if planes > MAX_PLANES || !block.begin(width, height, significance(band), style.causal()) {
            return Err(error(format!(
                "a JPEG 2000 code block of {width} × {height} with {planes} bit planes is not decoded"
            )));
        }
        let mut contexts = fresh();
        let mut pass = 0_u32;
        let mut pieces = pieces;
        while !pieces.is_empty() {
            let more = pieces.iter().skip(1).take_while(|piece| !piece.begins).count();
            let (segment, rest) = pieces.split_at(more + 1);
            pieces = rest;
            let end = pass + segment.iter().map(|piece| piece.passes).sum::<u32>();
            // Pass 0 is the cleanup pass of the first bit plane.
            let end = end.min((3 * planes).saturating_sub(2));
            if style.raw(pass) {
                self.bits.clear();
                segment.iter().for_each(|piece| self.bits.extend_from_slice(piece.data));
                let mut raw = Raw::new(&self.bits);
                for pass in pass..end {
                    let plane = planes - pass.div_ceil(3);
                    match pass % 3 {
                        1 => block.propagate(&mut raw, plane),
                        _ => block.refine(&mut raw, plane),
                    }
                }
            } else {
                mq::unstuff(segment.iter().map(|piece| piece.data), &mut self.bits);
                let mut code = Arithmetic { mq: Mq::new(&self.bits), contexts: &mut contexts };
                for pass in pass..end {
                    // What would come now is made up, and as long as somebody likes.
                    if code.mq.exhausted() {
                        return Ok(());
                    }
                    let plane = planes - pass.div_ceil(3);
                    match pass % 3 {
                        0 => {
                            block.clean(&mut code, plane);
                            if style.symbols() {
                                // The segmentation symbol 1010 (D.5) finds errors; what to do about
                                // them is left open.
                                (0..4).for_each(|_| _ = code.decide::<false>(UNIFORM));
                            }
                        }
                        1 => block.propagate(&mut code, plane),
                        _ => block.refine(&mut code, plane),
                    }
                    if style.reset() {
                        *code.contexts = fresh();
                    }
                }
            }
            pass = end;
        }
        Ok(())
    }
}
