//! DICOM objects built element by element, for tests: any value, length or order may be wrong.

use std::{collections::BTreeMap, io::Write};

pub const IMPLICIT: &str = "1.2.840.10008.1.2";
pub const EXPLICIT: &str = "1.2.840.10008.1.2.1";
pub const DEFLATED: &str = "1.2.840.10008.1.2.1.99";
pub const BIG_ENDIAN: &str = "1.2.840.10008.1.2.2";
pub const RLE: &str = "1.2.840.10008.1.2.5";
pub const JPEG: &str = "1.2.840.10008.1.2.4.70";
pub const JPEG2000: &str = "1.2.840.10008.1.2.4.90";

pub type Tag = (u16, u16);
pub type Items = BTreeMap<Tag, (&'static [u8; 2], Value)>;

/// An element's value.
#[derive(Debug, Clone)]
pub enum Value {
    Text(String),
    U16(Vec<u16>),
    U32(Vec<u32>),
    Bytes(Vec<u8>),
    /// Items; with undefined lengths?
    Sequence(Vec<Items>, bool),
    /// Its bytes, with a length that is stated, not true.
    Lie(Vec<u8>, u32),
}

/// Pixel data.
#[derive(Debug, Clone)]
pub enum Pixels {
    None,
    /// Uncompressed samples, each of these many bytes, in little endian; turned to the file's order.
    Native(Vec<u8>, usize),
    /// Basic offset table, then fragments.
    Fragments(Vec<u32>, Vec<Vec<u8>>),
}

/// A file to be. [`Built::default`] is a good CT slice: 4 × 3 pixels of signed 16 bits.
#[derive(Debug, Clone)]
pub struct Built {
    pub syntax: &'static str,
    /// 128 bytes and "DICM".
    pub preamble: bool,
    /// The meta group, with the transfer syntax.
    pub meta: bool,
    pub elements: Items,
    pub pixels: Pixels,
    /// Which element the pixels are: Pixel Data, Float Pixel Data, ….
    pub pixel_tag: Tag,
    pub pixel_vr: &'static [u8; 2],
}

pub fn text(vr: &'static [u8; 2], value: &str) -> (&'static [u8; 2], Value) {
    (vr, Value::Text(value.into()))
}

pub fn number(value: u16) -> (&'static [u8; 2], Value) {
    (b"US", Value::U16(vec![value]))
}

impl Default for Built {
    fn default() -> Self {
        let mut elements = Items::new();
        let mut put = |tag, value| elements.insert(tag, value);
        put((0x0008, 0x0008), text(b"CS", "ORIGINAL\\PRIMARY\\AXIAL"));
        put((0x0008, 0x0016), text(b"UI", "1.2.840.10008.5.1.4.1.1.2"));
        put((0x0008, 0x0018), text(b"UI", "1.2.3.4.1"));
        put((0x0008, 0x0060), text(b"CS", "CT"));
        put((0x0008, 0x103E), text(b"LO", "Thorax 2.5"));
        put((0x0010, 0x0010), text(b"PN", "Secret^Name"));
        put((0x0010, 0x0020), text(b"LO", "SECRET-ID"));
        put((0x0018, 0x0050), text(b"DS", "2.5"));
        put((0x0018, 0x5100), text(b"CS", "HFS"));
        put((0x0020, 0x000D), text(b"UI", "1.2.3.2"));
        put((0x0020, 0x000E), text(b"UI", "1.2.3.3"));
        put((0x0020, 0x0013), text(b"IS", "7 "));
        put((0x0020, 0x0032), text(b"DS", "-10.5\\-20\\30.25 "));
        put((0x0020, 0x0037), text(b"DS", "1\\0\\0\\0\\1\\0"));
        put((0x0020, 0x0052), text(b"UI", "1.2.3.5"));
        put((0x0028, 0x0002), number(1));
        put((0x0028, 0x0004), text(b"CS", "MONOCHROME2"));
        put((0x0028, 0x0010), number(3));
        put((0x0028, 0x0011), number(4));
        put((0x0028, 0x0030), text(b"DS", "0.8\\0.7"));
        put((0x0028, 0x0100), number(16));
        put((0x0028, 0x0101), number(16));
        put((0x0028, 0x0102), number(15));
        put((0x0028, 0x0103), number(1));
        put((0x0028, 0x1052), text(b"DS", "-1024"));
        put((0x0028, 0x1053), text(b"DS", "1"));
        let stored: Vec<u8> = (0..12_i16).flat_map(|n| (n * 100 - 50).to_le_bytes()).collect();
        Self {
            syntax: EXPLICIT,
            preamble: true,
            meta: true,
            elements,
            pixels: Pixels::Native(stored, 2),
            pixel_tag: (0x7FE0, 0x0010),
            pixel_vr: b"OW",
        }
    }
}

impl Built {
    /// The values of the default file.
    pub fn values() -> Vec<i16> {
        (0..12).map(|n| n * 100 - 50 - 1024).collect()
    }

    pub fn put(mut self, tag: Tag, value: (&'static [u8; 2], Value)) -> Self {
        self.elements.insert(tag, value);
        self
    }

    pub fn without(mut self, tag: Tag) -> Self {
        self.elements.remove(&tag);
        self
    }

    pub fn in_syntax(mut self, syntax: &'static str) -> Self {
        self.syntax = syntax;
        self
    }

    /// An Enhanced CT: two frames 3 mm apart along z, the second with an intercept of its own.
    pub fn enhanced() -> Self {
        let one = |tag, value| Items::from([(tag, value)]);
        let group = |items: Items| (b"SQ", Value::Sequence(vec![items], true));
        let frame = |z: &str, intercept: &str, time: u32| {
            let mut content = one((0x0020, 0x9056), text(b"SH", "1"));
            content.insert((0x0020, 0x9128), (b"UL", Value::U32(vec![time])));
            let mut shift = one((0x0028, 0x1052), text(b"DS", intercept));
            shift.insert((0x0028, 0x1053), text(b"DS", "2"));
            shift.insert((0x0028, 0x1054), text(b"LO", "HU"));
            Items::from([
                ((0x0020, 0x9111), group(content)),
                (
                    (0x0020, 0x9113),
                    group(one((0x0020, 0x0032), text(b"DS", &format!("1\\2\\{z}")))),
                ),
                ((0x0028, 0x9145), group(shift)),
            ])
        };
        let mut measures = one((0x0028, 0x0030), text(b"DS", "0.5\\0.25"));
        measures.insert((0x0018, 0x0050), text(b"DS", "4"));
        let shared = Items::from([
            ((0x0020, 0x9116), group(one((0x0020, 0x0037), text(b"DS", "0\\1\\0\\0\\0\\-1")))),
            ((0x0028, 0x9110), group(measures)),
        ]);
        let frames = vec![frame("10", "-1000", 1), frame("13", "-1001", 1)];
        let stored: Vec<u8> = (0..24_i16).flat_map(i16::to_le_bytes).collect();
        let mut built = Self { pixels: Pixels::Native(stored, 2), ..Self::default() }
            .put((0x0008, 0x0016), text(b"UI", "1.2.840.10008.5.1.4.1.1.2.1"))
            .put((0x0028, 0x0008), text(b"IS", "2"))
            .put((0x5200, 0x9229), (b"SQ", Value::Sequence(vec![shared], false)))
            .put((0x5200, 0x9230), (b"SQ", Value::Sequence(frames, true)));
        let moved = [(0x0018, 0x0050), (0x0020, 0x0032), (0x0020, 0x0037), (0x0028, 0x0030)];
        let rescale = [(0x0028, 0x1052), (0x0028, 0x1053)];
        for tag in moved.iter().chain(&rescale) {
            built.elements.remove(tag);
        }
        built
    }

    pub fn bytes(&self) -> Vec<u8> {
        let mut out = Vec::new();
        if self.preamble {
            out.resize(128, 0);
            out.extend(b"DICM");
        }
        if self.meta {
            let meta = Writer { explicit: true, big_endian: false };
            let items = Items::from([
                ((0x0002, 0x0002), text(b"UI", "1.2.840.10008.5.1.4.1.1.2")),
                ((0x0002, 0x0010), text(b"UI", self.syntax)),
            ]);
            let group = meta.items(&items);
            let length = (b"UL", Value::U32(vec![u32::try_from(group.len()).unwrap()]));
            meta.element(&mut out, (0x0002, 0x0000), &length);
            out.extend(group);
        }
        let writer =
            Writer { explicit: self.syntax != IMPLICIT, big_endian: self.syntax == BIG_ENDIAN };
        let mut set = writer.items(&self.elements);
        writer.pixels(&mut set, self);
        if self.syntax == DEFLATED {
            let fast = flate2::Compression::fast();
            let mut deflate = flate2::write::DeflateEncoder::new(Vec::new(), fast);
            deflate.write_all(&set).unwrap();
            set = deflate.finish().unwrap();
        }
        out.extend(set);
        out
    }
}

struct Writer {
    explicit: bool,
    big_endian: bool,
}

impl Writer {
    fn u16(&self, out: &mut Vec<u8>, value: u16) {
        out.extend(if self.big_endian { value.to_be_bytes() } else { value.to_le_bytes() });
    }

    fn u32(&self, out: &mut Vec<u8>, value: u32) {
        out.extend(if self.big_endian { value.to_be_bytes() } else { value.to_le_bytes() });
    }

    fn tag(&self, out: &mut Vec<u8>, (group, element): Tag) {
        self.u16(out, group);
        self.u16(out, element);
    }

    fn items(&self, items: &Items) -> Vec<u8> {
        let mut out = Vec::new();
        for (tag, value) in items {
            self.element(&mut out, *tag, value);
        }
        out
    }

    /// Tag, representation, length.
    fn header(&self, out: &mut Vec<u8>, tag: Tag, vr: &[u8; 2], length: u32) {
        self.tag(out, tag);
        if !self.explicit {
            return self.u32(out, length);
        }
        out.extend(vr);
        if [b"OB", b"OW", b"OF", b"OD", b"OV", b"SQ", b"UN", b"UT"].contains(&vr) {
            out.extend([0, 0]);
            self.u32(out, length);
        } else {
            self.u16(out, u16::try_from(length & 0xFFFF).unwrap());
        }
    }

    fn element(&self, out: &mut Vec<u8>, tag: Tag, (vr, value): &(&'static [u8; 2], Value)) {
        let mut body = Vec::new();
        let mut length = None;
        match value {
            Value::Text(text) => {
                body.extend(text.as_bytes());
                if body.len() % 2 == 1 {
                    body.push(if *vr == b"UI" { 0 } else { b' ' });
                }
            }
            Value::U16(values) => values.iter().for_each(|value| self.u16(&mut body, *value)),
            Value::U32(values) => values.iter().for_each(|value| self.u32(&mut body, *value)),
            Value::Bytes(bytes) => body.extend(bytes),
            Value::Lie(bytes, stated) => {
                body.extend(bytes);
                length = Some(*stated);
            }
            Value::Sequence(items, undefined) => {
                for item in items {
                    let inner = self.items(item);
                    let size = u32::try_from(inner.len()).unwrap();
                    self.tag(&mut body, (0xFFFE, 0xE000));
                    self.u32(&mut body, if *undefined { u32::MAX } else { size });
                    body.extend(inner);
                    if *undefined {
                        self.tag(&mut body, (0xFFFE, 0xE00D));
                        self.u32(&mut body, 0);
                    }
                }
                if *undefined {
                    length = Some(u32::MAX);
                    self.tag(&mut body, (0xFFFE, 0xE0DD));
                    self.u32(&mut body, 0);
                }
            }
        }
        let length = length.unwrap_or_else(|| u32::try_from(body.len()).unwrap());
        self.header(out, tag, vr, length);
        out.extend(body);
    }

    fn pixels(&self, out: &mut Vec<u8>, built: &Built) {
        match &built.pixels {
            Pixels::None => {}
            Pixels::Native(bytes, each) => {
                let mut bytes = bytes.clone();
                if self.big_endian {
                    for sample in bytes.chunks_exact_mut(*each) {
                        sample.reverse();
                    }
                }
                if bytes.len() % 2 == 1 {
                    bytes.push(0);
                }
                // Bytes in big-endian words change places.
                if self.big_endian && *each == 1 && built.pixel_vr == b"OW" {
                    for pair in bytes.chunks_exact_mut(2) {
                        pair.reverse();
                    }
                }
                let length = u32::try_from(bytes.len()).unwrap();
                self.header(out, built.pixel_tag, built.pixel_vr, length);
                out.extend(bytes);
            }
            Pixels::Fragments(table, fragments) => {
                self.header(out, built.pixel_tag, b"OB", u32::MAX);
                self.tag(out, (0xFFFE, 0xE000));
                self.u32(out, u32::try_from(4 * table.len()).unwrap());
                table.iter().for_each(|offset| self.u32(out, *offset));
                for fragment in fragments {
                    self.tag(out, (0xFFFE, 0xE000));
                    self.u32(out, u32::try_from(fragment.len()).unwrap());
                    out.extend(fragment);
                }
                self.tag(out, (0xFFFE, 0xE0DD));
                self.u32(out, 0);
            }
        }
    }
}

/// A frame packed by run lengths: `each` bytes a sample, little-endian; runs where there are any.
pub fn pack(samples: &[u8], each: usize) -> Vec<u8> {
    let mut segments = Vec::new();
    for byte in (0..each).rev() {
        let plane: Vec<u8> = samples.chunks_exact(each).map(|sample| sample[byte]).collect();
        let mut packed = Vec::new();
        for run in plane.chunk_by(|a, b| a == b).flat_map(|run| run.chunks(128)) {
            if run.len() > 1 {
                packed.extend([u8::try_from(257 - run.len()).unwrap(), run[0]]);
            } else {
                packed.extend([0, run[0]]);
            }
        }
        if packed.len() % 2 == 1 {
            packed.push(128);
        }
        segments.push(packed);
    }
    let mut out = vec![0; 64];
    out[0] = u8::try_from(each).unwrap();
    let mut at = 64;
    for (index, segment) in segments.iter().enumerate() {
        let place = 4 * (index + 1);
        out[place..place + 4].copy_from_slice(&u32::try_from(at).unwrap().to_le_bytes());
        at += segment.len();
    }
    out.extend(segments.concat());
    out
}
