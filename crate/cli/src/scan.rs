//! From a name on the command line to a scan.

use std::{
    fs::{self, File},
    io::{self, Read},
    path::{Path, PathBuf},
};

use hounsfield::{
    Progress,
    nifti::{self, Info, Limits, NiftiFile},
};

use crate::failure::Failure;

/// The files behind a name.
enum Files {
    StandardInput,
    Single(PathBuf),
    Pair { header: PathBuf, image: PathBuf },
}

/// Reads the scan.
pub(crate) fn read(name: &Path, progress: &mut dyn Progress) -> Result<NiftiFile, Failure> {
    let limits = |voxels: Option<&Path>| Limits {
        memory_bytes: available_bytes(),
        source_bytes: voxels
            .and_then(|path| fs::metadata(path).ok())
            .filter(fs::Metadata::is_file)
            .map(|m| m.len()),
    };
    let scan = match files(name)? {
        Files::StandardInput => nifti::read(io::stdin().lock(), &limits(None), progress),
        Files::Single(path) => nifti::read(open(&path)?, &limits(Some(&path)), progress),
        Files::Pair { header, image } => {
            nifti::read_pair(open(&header)?, open(&image)?, &limits(Some(&image)), progress)
        }
    };
    scan.map_err(|error| Failure::scan(name, error))
}

/// Reads the header alone.
pub(crate) fn inspect(name: &Path) -> Result<Info, Failure> {
    let source: Box<dyn Read> = match files(name)? {
        Files::StandardInput => Box::new(io::stdin().lock()),
        Files::Single(path) | Files::Pair { header: path, .. } => Box::new(open(&path)?),
    };
    nifti::inspect(source).map_err(|error| Failure::scan(name, error))
}

/// The last part of a name, for reports.
pub(crate) fn label(name: &Path) -> String {
    name.file_name().unwrap_or(name.as_os_str()).to_string_lossy().into_owned()
}

pub(crate) fn use_threads(threads: Option<u16>) -> Result<(), Failure> {
    let Some(threads) = threads else { return Ok(()) };
    rayon::ThreadPoolBuilder::new()
        .num_threads(usize::from(threads))
        .build_global()
        .map_err(|error| Failure::Usage(format!("{threads} threads cannot be started: {error}")))
}

fn open(path: &Path) -> Result<File, Failure> {
    let file = File::open(path).map_err(|error| Failure::file(path, error))?;
    // Opening a folder succeeds on Unix; reading it then fails with a sentence about nothing.
    if file.metadata().is_ok_and(|metadata| metadata.is_dir()) {
        return Err(Failure::file(path, io::Error::from(io::ErrorKind::IsADirectory)));
    }
    Ok(file)
}

/// A pair is known by its name: `scan.hdr` goes with `scan.img` or `scan.img.gz`, and so on.
fn files(name: &Path) -> Result<Files, Failure> {
    if name == Path::new("-") {
        return Ok(Files::StandardInput);
    }
    let text = name.to_string_lossy();
    let bare = strip(&text, ".gz").unwrap_or(&text);
    if let Some(stem) = strip(bare, ".hdr") {
        // A header alone is the core's to refuse: it may be a single file with a pair's name.
        return Ok(match sibling(stem, &[".img", ".img.gz", ".IMG", ".IMG.gz"]) {
            Some(image) => Files::Pair { header: name.to_owned(), image },
            None => Files::Single(name.to_owned()),
        });
    }
    if let Some(stem) = strip(bare, ".img") {
        let Some(header) = sibling(stem, &[".hdr", ".hdr.gz", ".HDR", ".HDR.gz"]) else {
            let missing = io::Error::new(
                io::ErrorKind::NotFound,
                format!(
                    "these are the voxels of a pair: the header {} is missing",
                    label(Path::new(&format!("{stem}.hdr")))
                ),
            );
            return Err(Failure::file(name, missing));
        };
        return Ok(Files::Pair { header, image: name.to_owned() });
    }
    Ok(Files::Single(name.to_owned()))
}

fn strip<'a>(text: &'a str, ending: &str) -> Option<&'a str> {
    let (stem, end) = text.split_at_checked(text.len().checked_sub(ending.len())?)?;
    end.eq_ignore_ascii_case(ending).then_some(stem)
}

fn sibling(stem: &str, endings: &[&str]) -> Option<PathBuf> {
    endings.iter().map(|ending| PathBuf::from(format!("{stem}{ending}"))).find(|path| path.exists())
}

/// What this machine can give; where it does not say, no limit of ours.
pub(crate) fn available_bytes() -> u64 {
    let told = fs::read_to_string("/proc/meminfo").ok().and_then(|text| {
        let line = text.lines().find_map(|line| line.strip_prefix("MemAvailable:"))?;
        line.split_whitespace().next()?.parse::<u64>().ok()
    });
    told.map_or(isize::MAX as u64, |kib| kib.saturating_mul(1024))
}
