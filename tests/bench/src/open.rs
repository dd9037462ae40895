//! Opening a folder natively: `open FOLDER` on stdin, one JSON object a line on stdout, as in
//! `main.rs`. Everything from file names to voxels is timed; the volume is dropped afterwards.

use std::fs::File;
use std::io::{self, BufRead, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::Instant;

use hounsfield::{Error, nifti::Limits};
use hounsfield_bench::{peak_bytes, reset_peak};
use hounsfield_codecs::{Codec, Shape};
use hounsfield_formats::{
    bytes::Bytes, catalogue::Catalogue, files::Files, open::open, plan::Options,
    reader::FrameCodec, scan::scan,
};
use rayon::prelude::*;
use serde_json::{Value, json};

type Failure = Box<dyn std::error::Error>;

struct Disk {
    file: Mutex<File>,
    length: u64,
}

impl Bytes for Disk {
    fn byte_length(&self) -> u64 {
        self.length
    }

    fn read_at(&self, offset: u64, out: &mut [u8]) -> io::Result<usize> {
        let mut file = self.file.lock().map_err(|_| io::Error::other("a thread is gone"))?;
        file.seek(SeekFrom::Start(offset))?;
        file.read(out)
    }
}

struct Codecs;

impl FrameCodec for Codecs {
    fn decode(&self, codec: Codec, frame: &[u8], shape: &Shape) -> Result<Vec<u8>, Error> {
        hounsfield_codecs::decode(codec, frame, shape)
            .map_err(|error| Error::Damaged { what: "a frame".into(), reason: error.to_string() })
    }
}

fn main() -> Result<(), Failure> {
    let threads: usize = std::env::args().nth(1).map_or(Ok(1), |n| n.parse())?;
    rayon::ThreadPoolBuilder::new().num_threads(threads).build_global()?;
    let mut out = io::stdout();
    for line in io::stdin().lock().lines() {
        let line = line?;
        let Some(("open", folder)) = line.split_once(' ') else { break };
        let answer = answer(Path::new(folder))
            .unwrap_or_else(|failure| json!({ "error": failure.to_string() }));
        writeln!(out, "{answer}")?;
        out.flush()?;
    }
    Ok(())
}

fn answer(folder: &Path) -> Result<Value, Failure> {
    reset_peak();
    let start = Instant::now();
    let (size, sum, volume_bytes) = open_folder(folder)?;
    let ms = start.elapsed().as_secs_f64() * 1e3;
    Ok(json!({
        "ms": ms, "value": sum, "size": size, "volumeBytes": volume_bytes,
        "extraBytes": peak_bytes(),
    }))
}

/// The volume's size, the sum of its voxels (so that peers can be compared), its bytes.
fn open_folder(folder: &Path) -> Result<([usize; 3], i64, u64), Failure> {
    let entries = std::fs::read_dir(folder)?.collect::<io::Result<Vec<_>>>()?;
    let mut paths: Vec<PathBuf> = entries.iter().map(std::fs::DirEntry::path).collect();
    paths.sort();
    let disk = |path: &PathBuf| -> Result<(String, Disk), Failure> {
        let file = File::open(path)?;
        let length = file.metadata()?.len();
        Ok((path.display().to_string(), Disk { file: Mutex::new(file), length }))
    };
    let files = Files::new(paths.iter().map(disk).collect::<Result<_, _>>()?);
    let limits = Limits::default();
    let items: Vec<Vec<_>> =
        (0..files.len()).into_par_iter().map(|file| scan(&files, file, &limits)).collect();
    let catalogue = Catalogue::new(items.into_iter().flatten().collect());
    let series = catalogue.listing().suggested.ok_or("there is no series")?;
    let plan = catalogue.plan(&series, &Options::default())?;
    let opened = open(&files, &plan, &Codecs, &limits, &mut ())?;
    let sum = opened.volume.hu()?.iter().map(|hu| i64::from(*hu)).sum();
    Ok((opened.info.size_voxel, sum, opened.info.volume_bytes))
}
