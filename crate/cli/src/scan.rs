//! From names on the command line to a scan.

use std::{fs, path::PathBuf};

use hounsfield::{
    Error, Progress,
    check::{CheckItem, Status, check},
    nifti::Limits,
    progress::{Part, checkpoint},
};
use hounsfield_codecs::{Codec, Shape};
use hounsfield_formats::{
    catalogue::{Catalogue, Listing},
    files::Files,
    item::{Item, Kind},
    open::{self, Opened},
    plan::Plan,
    reader::FrameCodec,
    scan::scan,
};
use rayon::prelude::*;

use crate::{
    args,
    failure::Failure,
    source::{self, Source},
};

/// Headers that are read between two reports.
const FILES_AT_ONCE: usize = 256;

/// Reasons that are given when there is nothing to open.
const NAMED_REASONS: usize = 3;

/// The codecs, which the command always has.
struct Codecs;

impl FrameCodec for Codecs {
    fn decode(&self, codec: Codec, frame: &[u8], shape: &Shape) -> Result<Vec<u8>, Error> {
        hounsfield_codecs::decode(codec, frame, shape).map_err(|error| Error::Damaged {
            what: "a compressed frame".into(),
            reason: error.to_string(),
        })
    }
}

/// What is behind the names, header only.
pub(crate) struct Found {
    /// The first of the names, for failures.
    pub(crate) name: PathBuf,
    pub(crate) files: Files<Source>,
    pub(crate) listing: Listing,
    /// The series that was asked for, or else suggested.
    pub(crate) series: String,
    pub(crate) plan: Plan,
}

/// An open scan, and the verdict on it.
pub(crate) struct Scan {
    pub(crate) found: Found,
    pub(crate) opened: Opened,
    pub(crate) check: Vec<CheckItem>,
}

/// Reads the scan and checks it.
pub(crate) fn read(what: &args::Open, progress: &mut dyn Progress) -> Result<Scan, Failure> {
    let found = find(what, &mut Part::new(progress, 0.0, 0.2))?;
    let opened = open(&found, &mut Part::new(progress, 0.2, 1.0))?;
    let check = check(&opened.volume, &opened.info.facts)
        .map_err(|error| Failure::scan(&found.name, error))?;
    Ok(Scan { found, opened, check })
}

/// Reads the voxels.
pub(crate) fn open(found: &Found, progress: &mut dyn Progress) -> Result<Opened, Failure> {
    open::open(&found.files, &found.plan, &Codecs, &limits(), progress)
        .map_err(|error| Failure::scan(&found.name, error))
}

/// Reads headers and chooses the series.
pub(crate) fn find(what: &args::Open, progress: &mut dyn Progress) -> Result<Found, Failure> {
    let name = what.paths.first().cloned().unwrap_or_default();
    let mut sources = source::gather(&what.paths)?;
    let failed = |error| Failure::scan(&name, error);
    let mut files = Files::new(sources.clone()).within(available_bytes());
    let mut items = items(&files, 0, progress).map_err(failed)?;
    // A header by itself: its voxels are looked for beside it.
    let apart = voxels_apart(&items, &sources);
    if !apart.is_empty() {
        let known = sources.len();
        sources.extend(apart);
        files = Files::new(sources).within(available_bytes());
        items.extend(self::items(&files, known, progress).map_err(failed)?);
    }
    let catalogue = Catalogue::new(items);
    let listing = catalogue.listing();
    let Some(series) = what.series.clone().or_else(|| listing.suggested.clone()) else {
        return Err(nothing(what, name, &listing));
    };
    let plan = catalogue.plan(&series, &what.options()).map_err(failed)?;
    Ok(Found { name, files, listing, series, plan })
}

fn items(
    files: &Files<Source>,
    first: usize,
    progress: &mut dyn Progress,
) -> Result<Vec<Item>, Error> {
    let (limits, count) = (limits(), files.len());
    let mut items = Vec::new();
    for start in (first..count).step_by(FILES_AT_ONCE) {
        checkpoint(progress, "looking", start as f64 / count as f64)?;
        let end = count.min(start + FILES_AT_ONCE);
        let some: Vec<Vec<Item>> =
            (start..end).into_par_iter().map(|file| scan(files, file, &limits)).collect();
        items.extend(some.into_iter().flatten());
    }
    Ok(items)
}

fn voxels_apart(items: &[Item], sources: &[(String, Source)]) -> Vec<(String, Source)> {
    let headers = items.iter().filter_map(|item| match &item.kind {
        Kind::Volume(header) if item.place.entry.is_none() => Some((item.place.file, header)),
        _ => None,
    });
    let files = headers.filter_map(|(file, header)| {
        Some(source::beside(&sources.get(file)?.1, &header.data_files))
    });
    let is_new =
        |(_, source): &(String, Source)| !sources.iter().any(|(_, s)| source::is_at(s, source));
    files.flatten().filter(is_new).collect()
}

/// One sentence about files of which none can be opened.
fn nothing(what: &args::Open, name: PathBuf, listing: &Listing) -> Failure {
    if let [only] = what.paths.as_slice()
        && let Some(header) = source::missing_header(only)
    {
        let sentence = format!("these are the voxels of a pair: the header {header} is missing");
        return Failure::Nothing { file: name, sentence };
    }
    let sentence = match listing.left_out.as_slice() {
        [] => listing.reason.clone(),
        [only] if only.count == 1 => only.reason.clone(),
        several => {
            let reasons = several.iter().take(NAMED_REASONS);
            let reasons: Vec<String> =
                reasons.map(|one| format!("{} × {}", one.count, one.reason)).collect();
            format!("{} {}", listing.reason, reasons.join(" "))
        }
    };
    Failure::Nothing { file: name, sentence }
}

/// What failed, for people, beside a result.
pub(crate) fn fails(check: &[CheckItem]) -> Vec<String> {
    let failed = check.iter().filter(|item| item.status == Status::Fail);
    failed.map(|item| format!("CHECK FAILED: {}: {}", item.title, item.message)).collect()
}

pub(crate) fn use_threads(threads: Option<u16>) -> Result<(), Failure> {
    let Some(threads) = threads else { return Ok(()) };
    rayon::ThreadPoolBuilder::new()
        .num_threads(usize::from(threads))
        .build_global()
        .map_err(|error| Failure::Usage(format!("{threads} threads cannot be started: {error}")))
}

pub(crate) fn limits() -> Limits {
    Limits { memory_bytes: available_bytes(), source_bytes: None }
}

/// What this machine can give; where it does not say, no limit of ours.
pub(crate) fn available_bytes() -> u64 {
    let told = fs::read_to_string("/proc/meminfo").ok().and_then(|text| {
        let line = text.lines().find_map(|line| line.strip_prefix("MemAvailable:"))?;
        line.split_whitespace().next()?.parse::<u64>().ok()
    });
    told.map_or(isize::MAX as u64, |kib| kib.saturating_mul(1024))
}
