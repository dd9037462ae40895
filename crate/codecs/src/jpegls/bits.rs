//! The bits of a JPEG-LS scan (T.87 A.1): after an FF byte the next one has seven bits; if its first
//! bit is set it is a marker, and the scan's end.

#[derive(Debug, Clone)]
pub(crate) struct Bits<'a> {
    data: &'a [u8],
    at: usize,
    /// The next bits, from the highest down.
    window: u64,
    count: u32,
    /// How many of them were made up after the scan's end.
    made_up: u32,
    after_ff: bool,
}

impl<'a> Bits<'a> {
    pub(crate) fn new(data: &'a [u8]) -> Self {
        Self { data, at: 0, window: 0, count: 0, made_up: 0, after_ff: false }
    }

    /// Makes at least 32 bits ready; after the scan's end they are zeros, and `overrun` tells.
    #[inline]
    fn fill(&mut self) {
        if self.count >= 32 {
            return;
        }
        if !self.after_ff
            && let Some(&four) = self.data.get(self.at..).and_then(<[u8]>::first_chunk::<4>)
            && !four.contains(&0xFF)
        {
            self.window |= u64::from(u32::from_be_bytes(four)) << (32 - self.count);
            self.count += 32;
            self.at += 4;
            return;
        }
        while self.count <= 56 {
            let (value, bits) = match self.data.get(self.at) {
                Some(&byte) if self.after_ff && byte < 0x80 => (byte, 7),
                Some(&byte) if !self.after_ff => (byte, 8),
                _ => {
                    self.made_up += 8;
                    self.count += 8;
                    continue;
                }
            };
            self.at += 1;
            self.after_ff = value == 0xFF;
            self.window |= u64::from(value) << (64 - bits - self.count);
            self.count += bits;
        }
    }

    #[inline]
    fn skip(&mut self, count: u32) {
        self.window <<= count;
        self.count = self.count.saturating_sub(count);
    }

    /// Takes `count` bits, up to 16.
    #[inline]
    pub(crate) fn take(&mut self, count: u32) -> u32 {
        if count == 0 {
            return 0;
        }
        self.fill();
        let value = (self.window >> (64 - count)) as u32;
        self.skip(count);
        value
    }

    /// Counts the zeros before the next one, and takes it, too. `None`: more than `limit`.
    #[inline]
    pub(crate) fn zeros(&mut self, limit: u32) -> Option<u32> {
        let mut zeros = 0;
        loop {
            self.fill();
            let here = self.window.leading_zeros();
            // Beyond `count` the window is zeros whatever comes.
            if here < self.count {
                zeros += here;
                self.window = self.window << here << 1;
                self.count -= here + 1;
                return (zeros <= limit).then_some(zeros);
            }
            zeros += self.count;
            if zeros > limit {
                return None;
            }
            self.window = 0;
            self.count = 0;
        }
    }

    /// Were bits taken that the scan does not have?
    pub(crate) fn overrun(&self) -> bool {
        self.made_up > self.count
    }

    /// The data from where the scan ends: a marker, or nothing.
    pub(crate) fn rest(&self) -> &'a [u8] {
        let from = self.data.get(self.at.saturating_sub(1)..).unwrap_or_default();
        let marker = from.windows(2).position(|pair| matches!(pair, [0xFF, 0x80..=0xFF]));
        marker.and_then(|at| from.get(at..)).unwrap_or_default()
    }
}
