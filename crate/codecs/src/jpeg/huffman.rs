//! Huffman tables (T.81 annex C): a look-up for the short codes, the canonical rule for the rest.

use super::bits::Bits;
use crate::CodecError;
use crate::frame::{Fields, error};

const LOOKUP_BITS: u32 = 10;

#[derive(Debug, Clone)]
pub(crate) struct Table {
    /// For the next ten bits: length of the code they begin with (0: longer than ten) and its symbol.
    lookup: Vec<(u8, u8)>,
    /// For each code length: its last code, left-aligned in 16 bits, plus one (0: no such codes) …
    limit: [u32; 17],
    /// … and what to add to a code of this length to get its symbol's place.
    offset: [i32; 17],
    symbols: Vec<u8>,
}

impl Table {
    /// Reads the table of a DHT segment: sixteen counts, then the symbols.
    pub(crate) fn read(fields: &mut Fields<'_>) -> Result<Self, CodecError> {
        let counts = fields.take(16)?;
        let total = counts.iter().map(|&count| usize::from(count)).sum();
        let symbols = fields.take(total)?.to_vec();
        let (mut lookup, mut limit, mut offset) =
            (vec![(0, 0); 1 << LOOKUP_BITS], [0; 17], [0; 17]);
        let (mut code, mut place) = (0_u32, 0_usize);
        for (length, &count) in (1_u32..).zip(counts) {
            let end = code + u32::from(count);
            if end > 1 << length {
                return Err(error(format!(
                    "a Huffman table has more codes of {length} bits than there are"
                )));
            }
            if length <= LOOKUP_BITS {
                let step = 1_usize << (LOOKUP_BITS - length);
                for (index, &symbol) in
                    symbols.iter().skip(place).take(usize::from(count)).enumerate()
                {
                    let first = (code as usize + index) * step;
                    if let Some(entries) = lookup.get_mut(first..first + step) {
                        entries.fill((length as u8, symbol));
                    }
                }
            }
            if let (Some(limit), Some(offset)) =
                (limit.get_mut(length as usize), offset.get_mut(length as usize))
            {
                *limit = if count == 0 { 0 } else { end << (16 - length) };
                *offset = place as i32 - code as i32;
            }
            place += usize::from(count);
            code = end << 1;
        }
        Ok(Self { lookup, limit, offset, symbols })
    }

    /// The next symbol. `bits` must have 16 bits ready. `None`: no such code.
    #[inline]
    pub(crate) fn next(&self, bits: &mut Bits<'_>) -> Option<u8> {
        let &(length, symbol) = self.lookup.get(bits.peek(LOOKUP_BITS) as usize)?;
        if length != 0 {
            bits.skip(u32::from(length));
            return Some(symbol);
        }
        self.next_long(bits)
    }

    /// The next difference of process 14, one at a time and by the book; with the bits after it.
    #[cold]
    fn difference<'a>(&self, mut bits: Bits<'a>) -> Option<(i32, Bits<'a>)> {
        let value = match self.next(&mut bits)? {
            // No bits follow: it can only be this one (H.1.2.2).
            16 => 32768,
            size @ 0..=15 => bits.extend(u32::from(size)),
            _ => return None,
        };
        Some((value, bits))
    }

    #[cold]
    fn next_long(&self, bits: &mut Bits<'_>) -> Option<u8> {
        let ahead = bits.peek(16);
        let lengths = LOOKUP_BITS + 1..=16;
        for (length, (&limit, &offset)) in
            lengths.zip(self.limit.iter().zip(&self.offset).skip(LOOKUP_BITS as usize + 1))
        {
            if ahead < limit {
                bits.skip(length);
                let place = (ahead >> (16 - length)) as i32 + offset;
                return self.symbols.get(usize::try_from(place).ok()?).copied();
            }
        }
        None
    }
}

/// Differences of process 14: code and extra bits in one look-up, where both are short.
#[derive(Debug)]
pub(crate) struct Differences<'t> {
    table: &'t Table,
    /// For the next bits: how many of them are the code and its extra bits (0: more than these), and
    /// the difference.
    lookup: Box<[(i16, u8); 1 << DIFFERENCE_BITS]>,
}

/// Nearly every difference of a CT slice is that short, and 16 kB stay in the nearest cache.
const DIFFERENCE_BITS: u32 = 12;

impl<'t> Differences<'t> {
    pub(crate) fn new(table: &'t Table) -> Self {
        let mut lookup = Box::new([(0, 0); 1 << DIFFERENCE_BITS]);
        for (ahead, entry) in (0_u64..).zip(lookup.iter_mut()) {
            // Zeros follow, which a difference that is short enough does not take.
            let bits = Bits::ready(ahead << (64 - DIFFERENCE_BITS));
            if let Some((value, after)) = table.difference(bits)
                && let taken @ ..=DIFFERENCE_BITS = after.taken()
            {
                *entry = (value as i16, taken as u8);
            }
        }
        Self { table, lookup }
    }

    /// The next difference; `None`: no such code.
    #[inline(always)]
    pub(crate) fn next(&self, bits: &mut Bits<'_>) -> Option<i32> {
        bits.fill();
        let &(value, taken) = self.lookup.get(bits.peek(DIFFERENCE_BITS) as usize)?;
        if taken != 0 {
            bits.skip(u32::from(taken));
            return Some(i32::from(value));
        }
        let (value, after) = self.table.difference(*bits)?;
        *bits = after;
        Some(value)
    }
}
