//! Zip archives built field by field, for tests: any number in them may be a lie.

use std::io::Write;

/// One file in an archive. [`Entry::stored`] and [`Entry::deflated`] are good ones.
#[derive(Debug, Clone)]
pub struct Entry {
    pub name: Vec<u8>,
    /// 0: stored, 8: deflated.
    pub method: u16,
    /// Bit 0: encrypted, bit 3: sizes follow the data.
    pub flags: u16,
    pub crc: u32,
    pub packed_bytes: u32,
    pub bytes: u32,
    pub data: Vec<u8>,
    /// Where the table says the entry is; `None`: where it is.
    pub offset: Option<u32>,
}

impl Entry {
    pub fn stored(name: &str, content: &[u8]) -> Self {
        Self {
            name: name.into(),
            method: 0,
            flags: 0,
            crc: crc32(content),
            packed_bytes: content.len() as u32,
            bytes: content.len() as u32,
            data: content.to_vec(),
            offset: None,
        }
    }

    pub fn deflated(name: &str, content: &[u8]) -> Self {
        let mut deflate =
            flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::best());
        deflate.write_all(content).unwrap();
        let data = deflate.finish().unwrap();
        Self { method: 8, packed_bytes: data.len() as u32, data, ..Self::stored(name, content) }
    }

    /// Of the local header (`table` false) or of the table of contents.
    fn header(&self, table: bool) -> Vec<u8> {
        let mut out = Vec::new();
        out.extend(if table { b"PK\x01\x02" } else { b"PK\x03\x04" });
        if table {
            put16(&mut out, 20);
        }
        for value in [20, self.flags, self.method, 0, 0x21] {
            put16(&mut out, value);
        }
        for value in [self.crc, self.packed_bytes, self.bytes] {
            put32(&mut out, value);
        }
        put16(&mut out, self.name.len() as u16);
        put16(&mut out, 0);
        out
    }
}

/// An archive of these entries.
pub fn archive(entries: &[Entry]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut table = Vec::new();
    for entry in entries {
        let offset = entry.offset.unwrap_or(out.len() as u32);
        out.extend(entry.header(false));
        out.extend(&entry.name);
        out.extend(&entry.data);
        table.extend(table_row(entry, offset));
    }
    end(out, &table, entries.len() as u64)
}

/// One entry, named in the table `count` times.
pub fn overlapping(entry: &Entry, count: usize) -> Vec<u8> {
    let mut out = entry.header(false);
    out.extend(&entry.name);
    out.extend(&entry.data);
    let row = table_row(entry, 0);
    end(out, &row.repeat(count), count as u64)
}

fn table_row(entry: &Entry, offset: u32) -> Vec<u8> {
    let mut row = entry.header(true);
    for _ in 0..3 {
        put16(&mut row, 0);
    }
    put32(&mut row, 0);
    put32(&mut row, offset);
    row.extend(&entry.name);
    row
}

/// Behind the entries: their table, and where it is (ZIP64 where 16 bits are too few).
fn end(mut out: Vec<u8>, table: &[u8], count: u64) -> Vec<u8> {
    let at = out.len() as u64;
    out.extend(table);
    if count >= 0xffff {
        let end64 = out.len() as u64;
        out.extend(b"PK\x06\x06");
        put64(&mut out, 44);
        put16(&mut out, 45);
        put16(&mut out, 45);
        put32(&mut out, 0);
        put32(&mut out, 0);
        for value in [count, count, table.len() as u64, at] {
            put64(&mut out, value);
        }
        out.extend(b"PK\x06\x07");
        put32(&mut out, 0);
        put64(&mut out, end64);
        put32(&mut out, 1);
    }
    let count16 = count.min(0xffff) as u16;
    out.extend(b"PK\x05\x06");
    for value in [0, 0, count16, count16] {
        put16(&mut out, value);
    }
    let is64 = count >= 0xffff;
    put32(&mut out, if is64 { u32::MAX } else { table.len() as u32 });
    put32(&mut out, if is64 { u32::MAX } else { at as u32 });
    put16(&mut out, 0);
    out
}

fn put16(out: &mut Vec<u8>, value: u16) {
    out.extend(value.to_le_bytes());
}

fn put32(out: &mut Vec<u8>, value: u32) {
    out.extend(value.to_le_bytes());
}

fn put64(out: &mut Vec<u8>, value: u64) {
    out.extend(value.to_le_bytes());
}

fn crc32(bytes: &[u8]) -> u32 {
    let mut crc = flate2::Crc::new();
    crc.update(bytes);
    crc.sum()
}
