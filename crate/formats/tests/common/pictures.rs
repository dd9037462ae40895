//! Pictures built in memory.

use std::io::Cursor;

use image::{DynamicImage, ImageBuffer, ImageFormat, Luma};

pub(crate) fn encoded(picture: &DynamicImage, format: ImageFormat) -> Vec<u8> {
    let mut out = Cursor::new(Vec::new());
    picture.write_to(&mut out, format).unwrap();
    out.into_inner()
}

pub(crate) fn grey8(size: [u32; 2], value: impl Fn(u32, u32) -> u8) -> Vec<u8> {
    let picture = ImageBuffer::from_fn(size[0], size[1], |x, y| Luma([value(x, y)]));
    encoded(&picture.into(), ImageFormat::Png)
}

/// A TIFF of indices, with a table of all reds, all greens, all blues; without a table they are grey.
pub(crate) struct Indexed<'a> {
    pub(crate) big_endian: bool,
    pub(crate) width: u16,
    pub(crate) bits: u16,
    /// The rows of each page, each of whole bytes.
    pub(crate) pages: &'a [&'a [u8]],
    pub(crate) table: &'a [u16],
}

impl Indexed<'_> {
    fn two(&self, n: usize) -> [u8; 2] {
        let n = n as u16;
        if self.big_endian { n.to_be_bytes() } else { n.to_le_bytes() }
    }

    fn four(&self, n: usize) -> [u8; 4] {
        let n = n as u32;
        if self.big_endian { n.to_be_bytes() } else { n.to_le_bytes() }
    }

    pub(crate) fn tiff(&self) -> Vec<u8> {
        let row_bytes = usize::from(self.width * self.bits).div_ceil(8);
        let table: Vec<u8> =
            self.table.iter().flat_map(|part| self.two(usize::from(*part))).collect();
        let mut tiff = if self.big_endian { b"MM\0*".to_vec() } else { b"II*\0".to_vec() };
        tiff.extend(self.four(8));
        for (n, rows) in self.pages.iter().enumerate() {
            let height = rows.len() / row_bytes;
            let kind = if table.is_empty() { 1 } else { 3 };
            let (width, bits) = (usize::from(self.width), usize::from(self.bits));
            let mut tags = vec![(256, width), (257, height), (258, bits), (259, 1), (262, kind)];
            tags.extend([(273, 0), (278, height), (279, rows.len())]);
            tags.extend((!table.is_empty()).then_some((320, 0)));
            let table_at = tiff.len() + 2 + 12 * tags.len() + 4;
            let (rows_at, count) = (table_at + table.len(), tags.len());
            tiff.extend(self.two(count));
            for (tag, value) in tags {
                let many = if tag == 320 { self.table.len() } else { 1 };
                tiff.extend([self.two(tag), self.two(if tag == 273 { 4 } else { 3 })].concat());
                tiff.extend(self.four(many));
                match tag {
                    273 => tiff.extend(self.four(rows_at)),
                    320 => tiff.extend(self.four(table_at)),
                    _ => tiff.extend([self.two(value), [0; 2]].concat()),
                }
            }
            let next = if n + 1 < self.pages.len() { rows_at + rows.len() } else { 0 };
            tiff.extend(self.four(next));
            tiff.extend(&table);
            tiff.extend(*rows);
        }
        tiff
    }
}
