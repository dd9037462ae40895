//! Frames out of the real files that lie beside the checkout on some machines.

use std::path::Path;

use hounsfield_codecs::{Codec, Shape};

#[path = "../../../core/tests/common/mod.rs"]
mod scans;
#[allow(unused_imports, reason = "not every test looks for files")]
pub(crate) use scans::data;

/// The first frame of an encapsulated file in explicit little endian.
#[allow(dead_code, reason = "not every test looks for files")]
pub(crate) struct File {
    pub(crate) codec: Codec,
    pub(crate) shape: Shape,
    pub(crate) frame: Vec<u8>,
}

#[allow(dead_code, reason = "not every test looks for files")]
impl File {
    /// Finds the few elements it needs by their bytes: enough for these files, for no others.
    pub(crate) fn read(path: &Path) -> Self {
        let bytes = std::fs::read(path).unwrap();
        let short = |element: u8| {
            let head = [0x28, 0, element, 0, b'U', b'S', 2, 0];
            let at = find(&bytes, &head).unwrap() + head.len();
            u16::from_le_bytes([bytes[at], bytes[at + 1]])
        };
        let shape = Shape {
            columns: u32::from(short(0x11)),
            rows: u32::from(short(0x10)),
            samples_per_pixel: short(0x02),
            bits_allocated: {
                let head = [0x28, 0, 0, 1, b'U', b'S', 2, 0];
                u16::from(bytes[find(&bytes, &head).unwrap() + head.len()])
            },
            bits_stored: {
                let head = [0x28, 0, 1, 1, b'U', b'S', 2, 0];
                u16::from(bytes[find(&bytes, &head).unwrap() + head.len()])
            },
            signed: {
                let head = [0x28, 0, 3, 1, b'U', b'S', 2, 0];
                bytes[find(&bytes, &head).unwrap() + head.len()] == 1
            },
        };
        let frames = find(&bytes, b"\x28\0\x08\0IS").map_or(1, |at| {
            let length = usize::from(bytes[at + 6]);
            String::from_utf8_lossy(&bytes[at + 8..at + 8 + length]).trim().parse().unwrap()
        });
        let heads =
            [*b"\xE0\x7F\x10\0OB\0\0\xFF\xFF\xFF\xFF", *b"\xE0\x7F\x10\0OW\0\0\xFF\xFF\xFF\xFF"];
        let mut at = heads
            .iter()
            .find_map(|head| find(&bytes, head))
            .unwrap_or_else(|| panic!("{}", path.display()))
            + 12;
        let mut items = Vec::new();
        while bytes[at..].starts_with(&[0xFE, 0xFF, 0x00, 0xE0]) {
            let length = u32::from_le_bytes(bytes[at + 4..at + 8].try_into().unwrap()) as usize;
            items.push(&bytes[at + 8..at + 8 + length]);
            at += 8 + length;
        }
        // The first item is the offset table; a frame begins where a stream does.
        let fragments = &items[1..];
        let next = (1..fragments.len()).find(|&index| frames > 1 && begins(fragments[index]));
        let frame = fragments[..next.unwrap_or(fragments.len())].concat();
        let at = find(&bytes, b"1.2.840.10008.1.2.4.").unwrap() + 20;
        let codec = match &bytes[at..at + 2] {
            b"80" | b"81" => Codec::JpegLs,
            b"90" | b"91" => Codec::Jpeg2000,
            b"20" => Codec::Htj2k,
            _ => Codec::Jpeg,
        };
        Self { codec, shape, frame }
    }
}

fn begins(fragment: &[u8]) -> bool {
    fragment.starts_with(&[0xFF, 0xD8]) || fragment.starts_with(&[0xFF, 0x4F])
}

fn find(bytes: &[u8], what: &[u8]) -> Option<usize> {
    bytes.windows(what.len()).position(|window| window == what)
}

/// FNV-1a, 64 bits: what the golden numbers are.
#[allow(dead_code, reason = "not every test looks for files")]
pub(crate) fn hash(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, &byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}
