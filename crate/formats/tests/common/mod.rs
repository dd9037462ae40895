//! Files built in memory.

use std::io::{Cursor, Write};

use flate2::{Compression, write::GzEncoder};
use hounsfield_formats::files::Files;
use zip::{CompressionMethod, ZipWriter, write::SimpleFileOptions};

/// Files of these names and bytes.
pub(crate) fn files(files: &[(&str, &[u8])]) -> Files<Vec<u8>> {
    Files::new(files.iter().map(|(name, bytes)| ((*name).to_owned(), bytes.to_vec())).collect())
}

#[allow(dead_code, reason = "not every test has archives")]
pub(crate) fn zip(entries: &[(&str, &[u8])], method: CompressionMethod) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in entries {
        zip.start_file(*name, SimpleFileOptions::default().compression_method(method)).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

#[allow(dead_code, reason = "not every test has gzip")]
pub(crate) fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut gzip = GzEncoder::new(Vec::new(), Compression::default());
    gzip.write_all(bytes).unwrap();
    gzip.finish().unwrap()
}

/// The place of a file, or of an entry.
#[allow(dead_code, reason = "not every test reads")]
pub(crate) fn place(file: usize, entry: Option<usize>) -> hounsfield_formats::item::Place {
    hounsfield_formats::item::Place { file, entry }
}
