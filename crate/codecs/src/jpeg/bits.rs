//! The bits of an entropy-coded segment (T.81 F.2.2.5): a zero byte after FF is stuffing, any other
//! byte after FF is a marker and the segment's end.

#[derive(Debug, Clone, Copy)]
pub(crate) struct Bits<'a> {
    data: &'a [u8],
    at: usize,
    /// The next bits, from the highest down.
    window: u64,
    /// How many of them there are.
    count: u32,
    /// How many of them were made up after the segment's end.
    made_up: u32,
}

impl<'a> Bits<'a> {
    pub(crate) fn new(data: &'a [u8]) -> Self {
        Self { data, at: 0, window: 0, count: 0, made_up: 0 }
    }

    /// These 64 bits, and nothing behind them.
    pub(crate) fn ready(window: u64) -> Self {
        Self { data: &[], at: 0, window, count: 64, made_up: 0 }
    }

    /// How many bits were taken of those that were [`ready`](Self::ready).
    pub(crate) fn taken(&self) -> u32 {
        64 - self.count
    }

    /// Makes at least 32 bits ready; after the segment's end they are zeros, and `overrun` tells.
    #[inline]
    pub(crate) fn fill(&mut self) {
        if self.count >= 32 {
            return;
        }
        // Four bytes without an FF among them are the common case.
        if let Some(&four) = self.data.get(self.at..).and_then(<[u8]>::first_chunk::<4>) {
            let four = u32::from_be_bytes(four);
            if (!four).wrapping_sub(0x0101_0101) & four & 0x8080_8080 == 0 {
                self.window |= u64::from(four) << (32 - self.count);
                self.count += 32;
                self.at += 4;
                return;
            }
        }
        *self = self.filled_slowly();
    }

    /// By value: with a reference to it elsewhere, the loops could not keep it in registers.
    #[cold]
    fn filled_slowly(mut self) -> Self {
        while self.count <= 56 {
            let byte = match (self.data.get(self.at), self.data.get(self.at + 1)) {
                (Some(0xFF), Some(0)) => {
                    self.at += 2;
                    0xFF
                }
                (Some(0xFF), _) | (None, _) => {
                    self.made_up += 8;
                    0
                }
                (Some(&byte), _) => {
                    self.at += 1;
                    byte
                }
            };
            self.window |= u64::from(byte) << (56 - self.count);
            self.count += 8;
        }
        self
    }

    /// The next `count` bits (1 to 32), not taken.
    #[inline]
    pub(crate) fn peek(&self, count: u32) -> u32 {
        (self.window >> (64 - count)) as u32
    }

    /// Takes `count` bits (up to 32) that `fill` made ready.
    #[inline]
    pub(crate) fn skip(&mut self, count: u32) {
        self.window <<= count;
        self.count = self.count.saturating_sub(count);
    }

    /// Takes the `size` extra bits of a coded difference (T.81 F.2.2.1, EXTEND); `size` up to 15.
    #[inline]
    pub(crate) fn extend(&mut self, size: u32) -> i32 {
        if size == 0 {
            return 0;
        }
        let value = self.peek(size) as i32;
        self.skip(size);
        // Values whose first bit is 0 are the negative ones.
        if value < 1 << (size - 1) { value - (1 << size) + 1 } else { value }
    }

    /// Were bits taken that the segment does not have?
    pub(crate) fn overrun(&self) -> bool {
        self.made_up > self.count
    }

    /// Goes to the marker that ends the segment, whatever is left before it. Returns what follows
    /// its two bytes, and its code; `None` at the end of the data.
    pub(crate) fn marker(&self) -> Option<(u8, &'a [u8])> {
        let mut rest = self.data.get(self.at..)?;
        loop {
            let ff = rest.iter().position(|&byte| byte == 0xFF)?;
            rest = rest.get(ff + 1..)?;
            match rest.split_first()? {
                // Stuffing, and fill bytes (T.81 B.1.1.2).
                (0 | 0xFF, _) => {}
                (&code, after) => return Some((code, after)),
            }
        }
    }
}
