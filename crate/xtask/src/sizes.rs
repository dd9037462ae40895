//! What each artifact weighs on the disk and over the wire.

use std::io::{Read, Write};
use std::path::PathBuf;

use anyhow::{Context, Result};
use flate2::{Compression, read::GzEncoder};

/// One line per artifact: raw, gzip and brotli size in kB.
pub(crate) fn print(artifacts: &[(&str, PathBuf)]) -> Result<()> {
    let mut out = std::io::stdout().lock();
    for (name, path) in artifacts {
        let bytes = std::fs::read(path).with_context(|| path.display().to_string())?;
        let kb = |n: usize| n as f64 / 1000.0;
        writeln!(
            out,
            "wasm {name}: {:.0} kB raw, {:.0} kB gzip, {:.0} kB brotli",
            kb(bytes.len()),
            kb(gzip(&bytes)?),
            kb(brotli(&bytes)?)
        )?;
    }
    Ok(())
}

fn gzip(bytes: &[u8]) -> Result<usize> {
    let mut packed = Vec::new();
    GzEncoder::new(bytes, Compression::best()).read_to_end(&mut packed)?;
    Ok(packed.len())
}

fn brotli(bytes: &[u8]) -> Result<usize> {
    let mut packed = Vec::new();
    let params = brotli::enc::BrotliEncoderParams { quality: 9, ..Default::default() };
    brotli::BrotliCompress(&mut &bytes[..], &mut packed, &params)?;
    Ok(packed.len())
}
