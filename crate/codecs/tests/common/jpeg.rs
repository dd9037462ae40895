//! A JPEG encoder as small as one can be: every Huffman code of a table has the same length, and the
//! transform is the formula.

use std::f64::consts::PI;

/// A JPEG picture, field by field.
#[derive(Debug, Clone)]
pub(crate) struct Jpeg {
    /// 0xC0 baseline, 0xC1 extended, 0xC3 lossless.
    pub(crate) process: u8,
    pub(crate) precision: u8,
    pub(crate) columns: usize,
    pub(crate) rows: usize,
    /// Samples of a pixel.
    pub(crate) components: usize,
    /// Sampling factors of the first component; the others have 1 × 1.
    pub(crate) sampling: (usize, usize),
    /// All components in one scan?
    pub(crate) interleaved: bool,
    /// Samples (lossless) or MCUs between restart markers.
    pub(crate) interval: usize,
    pub(crate) predictor: u8,
    pub(crate) point_transform: u8,
    /// The length of every DC code (or of every difference's), 5 to 16.
    pub(crate) code_length: u8,
    /// Every step of the quantisation.
    pub(crate) step: u16,
}

impl Jpeg {
    pub(crate) fn lossless(precision: u8, predictor: u8) -> Self {
        Self {
            process: 0xC3,
            precision,
            columns: 13,
            rows: 9,
            components: 1,
            sampling: (1, 1),
            interleaved: true,
            interval: 0,
            predictor,
            point_transform: 0,
            code_length: 5,
            step: 1,
        }
    }

    pub(crate) fn dct(process: u8, precision: u8) -> Self {
        Self { process, predictor: 0, columns: 29, rows: 19, ..Self::lossless(precision, 0) }
    }

    /// The picture of these samples, the samples of a pixel side by side.
    pub(crate) fn encode(&self, samples: &[u16]) -> Vec<u8> {
        let mut out = vec![0xFF, 0xD8];
        if self.process != 0xC3 {
            let table = self.step.to_be_bytes().repeat(64);
            segment(&mut out, 0xDB, &[&[0x10], table.as_slice()].concat());
        }
        let mut header = vec![self.precision];
        header.extend((self.rows as u16).to_be_bytes());
        header.extend((self.columns as u16).to_be_bytes());
        header.push(self.components as u8);
        for id in 0..self.components {
            let (across, down) = self.sampling_of(id);
            header.extend([id as u8 + 1, (across << 4 | down) as u8, 0]);
        }
        segment(&mut out, self.process, &header);
        segment(&mut out, 0xC4, &codes(0x00, self.code_length, 17));
        if self.process != 0xC3 {
            segment(&mut out, 0xC4, &codes(0x10, 9, 255));
        }
        if self.interval > 0 {
            segment(&mut out, 0xDD, &(self.interval as u16).to_be_bytes());
        }
        let scans: Vec<Vec<usize>> = if self.interleaved {
            vec![(0..self.components).collect()]
        } else {
            (0..self.components).map(|id| vec![id]).collect()
        };
        for scan in scans {
            let mut header = vec![scan.len() as u8];
            scan.iter().for_each(|&id| header.extend([id as u8 + 1, 0]));
            header.extend(if self.process == 0xC3 {
                [self.predictor, 0, self.point_transform]
            } else {
                [0, 63, 0]
            });
            segment(&mut out, 0xDA, &header);
            let mut bits = Bits { out, window: 0, count: 0 };
            if self.process == 0xC3 {
                self.differences(samples, &scan, &mut bits)
            } else {
                self.blocks(samples, &scan, &mut bits)
            }
            bits.flush();
            out = bits.out;
        }
        out.extend([0xFF, 0xD9]);
        out
    }

    fn sampling_of(&self, id: usize) -> (usize, usize) {
        if id == 0 { self.sampling } else { (1, 1) }
    }

    fn restart(&self, count: usize, bits: &mut Bits) -> bool {
        let due = self.interval > 0 && count > 0 && count.is_multiple_of(self.interval);
        if due {
            bits.flush();
            bits.out.extend([0xFF, 0xD0 + ((count / self.interval - 1) % 8) as u8]);
        }
        due
    }

    fn differences(&self, samples: &[u16], scan: &[usize], bits: &mut Bits) {
        let at = |x: usize, y: usize, id: usize| {
            i32::from(
                samples[(y * self.columns + x) * self.components + id] >> self.point_transform,
            )
        };
        let mut first_row = 0;
        for y in 0..self.rows {
            for x in 0..self.columns {
                if self.restart(y * self.columns + x, bits) {
                    first_row = y;
                }
                for &id in scan {
                    let (left, up, corner) = (
                        (x > 0).then(|| at(x - 1, y, id)),
                        (y > first_row).then(|| at(x, y - 1, id)),
                        (x > 0 && y > first_row).then(|| at(x - 1, y - 1, id)),
                    );
                    let predicted = match (left, up, corner) {
                        (Some(a), Some(b), Some(c)) => match self.predictor {
                            1 => a,
                            2 => b,
                            3 => c,
                            4 => a + b - c,
                            5 => a + ((b - c) >> 1),
                            6 => b + ((a - c) >> 1),
                            _ => (a + b) >> 1,
                        },
                        (Some(a), ..) => a,
                        (_, Some(b), _) => b,
                        _ => 1 << (self.precision - self.point_transform - 1),
                    };
                    // Modulo 2¹⁶, in −32767 … 32768.
                    let difference = (at(x, y, id) - predicted) as i16;
                    if difference == i16::MIN {
                        bits.put(16, u32::from(self.code_length));
                    } else {
                        let (size, value) = sized(i32::from(difference));
                        bits.put(size, u32::from(self.code_length));
                        bits.put(value, size);
                    }
                }
            }
        }
    }

    fn blocks(&self, samples: &[u16], scan: &[usize], bits: &mut Bits) {
        let (most_across, most_down) = self.sampling;
        let mut predictions = vec![0; self.components];
        let alone = scan.len() == 1;
        let (wide, high) = if alone {
            let (across, down) = self.sampling_of(scan[0]);
            (
                (self.columns * across).div_ceil(most_across).div_ceil(8),
                (self.rows * down).div_ceil(most_down).div_ceil(8),
            )
        } else {
            (self.columns.div_ceil(8 * most_across), self.rows.div_ceil(8 * most_down))
        };
        for mcu in 0..wide * high {
            if self.restart(mcu, bits) {
                predictions.fill(0);
            }
            for &id in scan {
                let (across, down) = self.sampling_of(id);
                let (blocks_across, blocks_down) = if alone { (1, 1) } else { (across, down) };
                for (v, h) in (0..blocks_down).flat_map(|v| (0..blocks_across).map(move |h| (v, h)))
                {
                    let (x0, y0) = (
                        ((mcu % wide) * blocks_across + h) * 8,
                        ((mcu / wide) * blocks_down + v) * 8,
                    );
                    let value = |x: usize, y: usize| {
                        let x = ((x0 + x) * most_across / across).min(self.columns - 1);
                        let y = ((y0 + y) * most_down / down).min(self.rows - 1);
                        f64::from(samples[(y * self.columns + x) * self.components + id])
                            - f64::from(1_u32 << (self.precision - 1))
                    };
                    let zigzag =
                        transform(value).map(|value| (value / f64::from(self.step)).round() as i32);
                    let (size, extra) = sized(zigzag[0] - predictions[id]);
                    predictions[id] = zigzag[0];
                    bits.put(size, u32::from(self.code_length));
                    bits.put(extra, size);
                    let mut run = 0;
                    let last = zigzag.iter().rposition(|&value| value != 0).unwrap_or(0);
                    for &value in &zigzag[1..=last.max(1)] {
                        if value == 0 {
                            run += 1;
                            continue;
                        }
                        while run > 15 {
                            bits.put(0xF0, 9);
                            run -= 16;
                        }
                        let (size, extra) = sized(value);
                        bits.put(run << 4 | size, 9);
                        bits.put(extra, size);
                        run = 0;
                    }
                    if last < 63 {
                        bits.put(0, 9);
                    }
                }
            }
        }
    }
}

/// A difference's size, and its extra bits.
fn sized(value: i32) -> (u32, u32) {
    let size = 32 - value.unsigned_abs().leading_zeros();
    let extra = if value < 0 { value - 1 } else { value };
    (size, extra as u32 & ((1 << size) - 1))
}

/// The coefficients of T.81 A.3.3, in zigzag order: along the diagonals, turning at their ends.
fn transform(value: impl Fn(usize, usize) -> f64) -> [f64; 64] {
    let scale = |u: usize| if u == 0 { 0.5_f64.sqrt() / 2.0 } else { 0.5 };
    let cosine = |x: usize, u: usize| ((2 * x + 1) as f64 * u as f64 * PI / 16.0).cos();
    let mut places: Vec<(usize, usize)> =
        (0..8).flat_map(|v| (0..8).map(move |u| (u, v))).collect();
    places.sort_by_key(|&(u, v)| (u + v, if (u + v) % 2 == 0 { u } else { v }));
    let mut out = [0.0; 64];
    for (out, (u, v)) in out.iter_mut().zip(places) {
        let pixels = (0..8).flat_map(|y| (0..8).map(move |x| (x, y)));
        let sum: f64 = pixels.map(|(x, y)| value(x, y) * cosine(x, u) * cosine(y, v)).sum();
        *out = sum * scale(u) * scale(v);
    }
    out
}

fn segment(out: &mut Vec<u8>, marker: u8, content: &[u8]) {
    out.extend([0xFF, marker]);
    out.extend((content.len() as u16 + 2).to_be_bytes());
    out.extend(content);
}

/// A DHT segment's content: `count` symbols from 0 up, all with codes of one length.
fn codes(class_and_number: u8, length: u8, count: u8) -> Vec<u8> {
    let mut content = vec![0; 17];
    content[0] = class_and_number;
    content[usize::from(length)] = count;
    content.extend(0..count);
    content
}

struct Bits {
    out: Vec<u8>,
    window: u64,
    count: u32,
}

impl Bits {
    fn put(&mut self, value: u32, count: u32) {
        self.window = self.window << count | u64::from(value);
        self.count += count;
        while self.count >= 8 {
            self.count -= 8;
            let byte = (self.window >> self.count) as u8;
            self.out.push(byte);
            if byte == 0xFF {
                self.out.push(0);
            }
        }
    }

    /// Fills the last byte with ones.
    fn flush(&mut self) {
        let missing = (8 - self.count % 8) % 8;
        self.put((1 << missing) - 1, missing);
    }
}
