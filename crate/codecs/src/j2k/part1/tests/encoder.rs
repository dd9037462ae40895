//! A slow encoder of code blocks after the letter of the standard (15444-1 annexes C and D): it looks at
//! coefficients one by one where the decoder has masks and tables.

use crate::j2k::part1::block::Style;
use crate::j2k::part1::mq::STATES;
use crate::j2k::part1::tables::Band;

/// The MQ encoder (15444-1 C.2).
struct Encoder {
    a: u32,
    c: u32,
    count: u32,
    /// The first one is not part of the code.
    bytes: Vec<u8>,
    /// State, and more probable symbol.
    contexts: [(usize, u32); 19],
}

fn fresh() -> [(usize, u32); 19] {
    let mut contexts = [(0, 0); 19];
    (contexts[0], contexts[17], contexts[18]) = ((4, 0), (3, 0), (46, 0));
    contexts
}

impl Encoder {
    fn new() -> Self {
        Self { a: 0x8000, c: 0, count: 12, bytes: vec![0], contexts: fresh() }
    }

    fn put(&mut self, context: usize, symbol: u32) {
        let (state, more) = self.contexts[context];
        let (qe, after_more, after_less, switch) = STATES[state];
        let qe = u32::from(qe);
        self.a -= qe;
        let exchange = self.a < qe;
        if symbol == more {
            if self.a & 0x8000 != 0 {
                self.c += qe;
                return;
            }
            self.contexts[context].0 = usize::from(after_more);
        } else {
            self.contexts[context] = (usize::from(after_less), more ^ u32::from(switch));
        }
        if (symbol == more) == exchange {
            self.a = qe;
        } else {
            self.c += qe;
        }
        while self.a & 0x8000 == 0 {
            self.a <<= 1;
            self.c <<= 1;
            self.count -= 1;
            if self.count == 0 {
                self.byte_out();
            }
        }
    }

    fn byte_out(&mut self) {
        let last = self.bytes.last_mut().unwrap();
        if *last != 0xFF && self.c >= 0x800_0000 {
            *last += 1;
            if *last == 0xFF {
                self.c &= 0x7FF_FFFF;
            }
        }
        if *last == 0xFF {
            self.bytes.push((self.c >> 20) as u8);
            self.c &= 0xF_FFFF;
            self.count = 7;
        } else {
            self.bytes.push((self.c >> 19) as u8);
            self.c &= 0x7_FFFF;
            self.count = 8;
        }
    }

    fn flush(&mut self) -> Vec<u8> {
        let end = self.c + self.a;
        self.c |= 0xFFFF;
        if self.c >= end {
            self.c -= 0x8000;
        }
        for _ in 0..2 {
            self.c <<= self.count;
            self.byte_out();
        }
        let mut bytes = std::mem::replace(&mut self.bytes, vec![0]);
        bytes.remove(0);
        (self.a, self.c, self.count) = (0x8000, 0, 12);
        bytes
    }
}

/// A block while it is coded (annex D), coefficient by coefficient.
struct Block<'a> {
    values: &'a [i32],
    width: i32,
    height: i32,
    band: Band,
    causal: bool,
    significant: Vec<bool>,
    refined: Vec<bool>,
    coded: Vec<bool>,
    code: Encoder,
}

impl Block<'_> {
    fn index(&self, x: i32, y: i32) -> usize {
        (y * self.width + x) as usize
    }

    /// 1 or −1 where a neighbour of (x, y) is significant.
    fn neighbour(&self, x: i32, y: i32, dx: i32, dy: i32) -> i32 {
        let below = self.causal && dy == 1 && y % 4 == 3;
        let (x, y) = (x + dx, y + dy);
        if below || x < 0 || y < 0 || x >= self.width || y >= self.height {
            return 0;
        }
        let at = self.index(x, y);
        if self.significant[at] { self.values[at].signum() } else { 0 }
    }

    /// Significant neighbours: horizontal, vertical, diagonal.
    fn around(&self, x: i32, y: i32) -> (i32, i32, i32) {
        let count = |places: &[(i32, i32)]| {
            places.iter().map(|&(dx, dy)| self.neighbour(x, y, dx, dy).abs()).sum()
        };
        (
            count(&[(-1, 0), (1, 0)]),
            count(&[(0, -1), (0, 1)]),
            count(&[(-1, -1), (1, -1), (-1, 1), (1, 1)]),
        )
    }

    /// Table D.1.
    fn zero_coding(&self, x: i32, y: i32) -> usize {
        let (h, v, d) = self.around(x, y);
        let (h, v) = if self.band == Band::HL { (v, h) } else { (h, v) };
        if self.band == Band::HH {
            let sides = h + v;
            return match d {
                0 => sides.min(2) as usize,
                1 => 3 + sides.min(2) as usize,
                2 => 6 + sides.min(1) as usize,
                _ => 8,
            };
        }
        match (h, v, d) {
            (2, ..) => 8,
            (1, v, _) if v > 0 => 7,
            (1, _, d) => {
                if d > 0 {
                    6
                } else {
                    5
                }
            }
            (_, 2, _) => 4,
            (_, 1, _) => 3,
            (_, _, d) => d.min(2) as usize,
        }
    }

    fn significance(&mut self, x: i32, y: i32, plane: u32) {
        let (at, context) = (self.index(x, y), self.zero_coding(x, y));
        let bit = self.values[at].unsigned_abs() >> plane & 1;
        self.code.put(context, bit);
        if bit != 0 {
            self.sign(x, y);
        }
    }

    /// Tables D.2 and D.3.
    fn sign(&mut self, x: i32, y: i32) {
        let sum = |a: (i32, i32), b: (i32, i32)| {
            (self.neighbour(x, y, a.0, a.1) + self.neighbour(x, y, b.0, b.1)).clamp(-1, 1)
        };
        let (h, v) = (sum((-1, 0), (1, 0)), sum((0, -1), (0, 1)));
        let (context, flip) = match (h, v) {
            (1, 1) => (13, 0),
            (1, 0) => (12, 0),
            (1, -1) => (11, 0),
            (0, 1) => (10, 0),
            (0, 0) => (9, 0),
            (0, -1) => (10, 1),
            (-1, 1) => (11, 1),
            (-1, 0) => (12, 1),
            _ => (13, 1),
        };
        let at = self.index(x, y);
        self.code.put(context, u32::from(self.values[at] < 0) ^ flip);
        self.significant[at] = true;
    }

    fn pass(&mut self, kind: u32, plane: u32) {
        for top in (0..self.height).step_by(4) {
            for x in 0..self.width {
                let rows = top..(top + 4).min(self.height);
                let mut from = top;
                if kind == 0 && rows.len() == 4 {
                    let quiet = rows.clone().all(|y| {
                        let at = self.index(x, y);
                        !self.significant[at] && !self.coded[at] && self.zero_coding(x, y) == 0
                    });
                    if quiet {
                        let one = |y: &i32| {
                            self.values[self.index(x, *y)].unsigned_abs() >> plane & 1 != 0
                        };
                        let first = rows.clone().find(one);
                        self.code.put(17, u32::from(first.is_some()));
                        let Some(first) = first else { continue };
                        self.code.put(18, (first - top) as u32 >> 1);
                        self.code.put(18, (first - top) as u32 & 1);
                        self.sign(x, first);
                        from = first + 1;
                    }
                }
                for y in from..rows.end {
                    let at = self.index(x, y);
                    match kind {
                        0 if !self.significant[at] && !self.coded[at] => {
                            self.significance(x, y, plane)
                        }
                        1 if !self.significant[at] && self.around(x, y) != (0, 0, 0) => {
                            self.significance(x, y, plane);
                            self.coded[at] = true;
                        }
                        2 if self.significant[at] && !self.coded[at] => {
                            let near = self.around(x, y) != (0, 0, 0);
                            let context =
                                if self.refined[at] { 16 } else { 14 + usize::from(near) };
                            self.code.put(context, self.values[at].unsigned_abs() >> plane & 1);
                            self.refined[at] = true;
                        }
                        _ => {}
                    }
                }
            }
        }
        if kind == 0 {
            self.coded.fill(false);
        }
    }
}

/// Codes a block: its bit planes, and its segments.
pub(super) fn encode(
    values: &[i32],
    width: usize,
    band: Band,
    style: Style,
) -> (u32, Vec<(u32, Vec<u8>)>) {
    let most = values.iter().map(|value| value.unsigned_abs()).max().unwrap_or(0);
    let planes = 32 - most.leading_zeros();
    let no = vec![false; values.len()];
    let mut block = Block {
        values,
        width: width as i32,
        height: (values.len() / width) as i32,
        band,
        causal: style.causal(),
        significant: no.clone(),
        refined: no.clone(),
        coded: no,
        code: Encoder::new(),
    };
    let passes = (3 * planes).saturating_sub(2);
    let mut segments = Vec::new();
    for pass in 0..passes {
        block.pass(pass % 3, planes - 1 - pass.div_ceil(3));
        if style.symbols() && pass % 3 == 0 {
            [1, 0, 1, 0].iter().for_each(|&bit| block.code.put(18, bit));
        }
        if style.reset() {
            block.code.contexts = fresh();
        }
        if style.terminate_all() {
            segments.push((1, block.code.flush()));
        }
    }
    if !style.terminate_all() && passes > 0 {
        segments.push((passes, block.code.flush()));
    }
    (planes, segments)
}

/// Numbers that look like coefficients: small ones mostly, of both signs.
pub(super) fn coefficients(count: usize, spread: u32, seed: u64) -> Vec<i32> {
    let mut state = seed | 1;
    let mut random = || {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as u32
    };
    (0..count)
        .map(|_| {
            let bits = random() % (spread + 1);
            let size = (random() & ((1 << bits) - 1)) as i32;
            if random() & 1 == 0 { size } else { -size }
        })
        .collect()
}
