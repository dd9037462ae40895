//! Files built in memory.

use std::io::{Cursor, Write};

use flate2::{Compression, write::GzEncoder};
use hounsfield::{Assembly, Error, HeldAs, Volume, nifti::Limits};
use hounsfield_formats::{
    catalogue::{Catalogue, Listing},
    files::Files,
    plan::{Options, Plan},
    readers::reader,
    scan::scan,
};
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

/// Everything that is in the files.
#[allow(dead_code, reason = "not every test opens")]
pub(crate) fn catalogue(files: &Files<Vec<u8>>) -> Catalogue {
    let limits = Limits::default();
    let items = (0..files.len()).flat_map(|n| scan(files, n, &limits));
    // Items cross between workers as JSON.
    let items: Vec<_> = items
        .map(|item| serde_json::from_str(&serde_json::to_string(&item).unwrap()).unwrap())
        .collect();
    Catalogue::new(items)
}

#[allow(dead_code, reason = "not every test opens")]
pub(crate) fn listing(files: &Files<Vec<u8>>) -> Listing {
    catalogue(files).listing()
}

/// Reads every plane of the first series.
#[allow(dead_code, reason = "not every test opens")]
pub(crate) fn open(files: &Files<Vec<u8>>, options: &Options) -> Result<(Plan, Volume), Error> {
    let plan = catalogue(files).plan("1", options)?;
    let limits = Limits { memory_bytes: 1 << 30, source_bytes: None };
    let (size, affine) = (plan.file_size, &plan.ras_from_file);
    let mut assembly = Assembly::new(size, affine, HeldAs::I16, plan.fill, limits)?;
    let mut planes = reader(&plan, files, &())?;
    let mut kept = false;
    // Where one slice has fractions the volume begins anew.
    while !kept {
        kept = true;
        for k in 0..plan.planes.len() {
            if let Some(slice) = planes.plane(k)? {
                kept &= assembly.put(k, &slice)?;
            }
        }
    }
    drop(planes);
    let (volume, _) = assembly.finish()?;
    Ok((plan, volume))
}
