//! From names on the command line to files that can be read at any place.

use std::{
    cell::RefCell,
    collections::VecDeque,
    fs::{self, File},
    io::{self, Read, Seek, SeekFrom},
    path::{Component, Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use hounsfield_formats::bytes::Bytes;

use crate::{failure::Failure, scan::available_bytes};

/// More than any study has; a whole disk given by mistake is refused instead of walked for hours.
const MAX_FILES: usize = 200_000;
const MAX_DEPTH: usize = 64;
/// Files each thread keeps open: a system allows about a thousand, a series has more.
const OPEN_FILES: usize = 8;

/// A file on disk, opened when it is read; or what came through a pipe.
#[derive(Debug, Clone)]
pub(crate) enum Source {
    Disk { id: u64, path: PathBuf, length: u64 },
    Memory(Arc<Vec<u8>>),
}

thread_local! {
    /// The files this thread read last.
    static OPEN: RefCell<VecDeque<(u64, File)>> = const { RefCell::new(VecDeque::new()) };
}

impl Source {
    fn disk(path: PathBuf, length: u64) -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        Self::Disk { id: NEXT.fetch_add(1, Ordering::Relaxed), path, length }
    }
}

impl Bytes for Source {
    fn byte_length(&self) -> u64 {
        match self {
            Self::Disk { length, .. } => *length,
            Self::Memory(bytes) => bytes.byte_length(),
        }
    }

    fn read_at(&self, offset: u64, out: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Memory(bytes) => bytes.read_at(offset, out),
            Self::Disk { id, path, .. } => OPEN.with_borrow_mut(|open| {
                let at = open.iter().position(|(other, _)| other == id);
                let entry = match at.and_then(|at| open.remove(at)) {
                    Some(entry) => entry,
                    None => (*id, File::open(path)?),
                };
                let read = read_file_at(&entry.1, offset, out);
                open.push_front(entry);
                open.truncate(OPEN_FILES);
                read
            }),
        }
    }
}

/// The handle is this thread's own, so its position may be moved.
fn read_file_at(mut file: &File, offset: u64, out: &mut [u8]) -> io::Result<usize> {
    file.seek(SeekFrom::Start(offset))?;
    file.read(out)
}

/// Every file behind the names, each with the name it is spoken of by.
pub(crate) fn gather(names: &[PathBuf]) -> Result<Vec<(String, Source)>, Failure> {
    let mut found = Vec::new();
    for name in names {
        if name == Path::new("-") {
            found.push(("standard input".into(), in_memory(name, io::stdin().lock())?));
            continue;
        }
        let metadata = fs::metadata(name).map_err(|error| Failure::file(name, error))?;
        if metadata.is_dir() {
            walk(name, name, 0, &mut found)?;
        } else if metadata.is_file() {
            found.push((label(name), Source::disk(name.clone(), metadata.len())));
            if let Some(other) = other_of_pair(name)
                && !names.contains(&other)
                && let Ok(metadata) = fs::metadata(&other)
            {
                found.push((label(&other), Source::disk(other, metadata.len())));
            }
        } else {
            // A pipe with a name.
            let file = File::open(name).map_err(|error| Failure::file(name, error))?;
            found.push((label(name), in_memory(name, file)?));
        }
    }
    Ok(found)
}

/// The files that `header`'s voxels stand in, as far as they lie beside it or below.
pub(crate) fn beside(header: &Source, data_files: &[String]) -> Vec<(String, Source)> {
    let Source::Disk { path, .. } = header else { return Vec::new() };
    let folder = path.parent().unwrap_or(Path::new(""));
    let inside = |name: &&String| {
        Path::new(name).components().all(|part| matches!(part, Component::Normal(_)))
    };
    let named = data_files.iter().take(MAX_FILES).filter(inside);
    named
        .filter_map(|name| {
            let path = folder.join(name);
            let metadata = fs::metadata(&path).ok().filter(fs::Metadata::is_file)?;
            Some((name.clone(), Source::disk(path, metadata.len())))
        })
        .collect()
}

/// Is it the file at this path?
pub(crate) fn is_at(source: &Source, other: &Source) -> bool {
    matches!((source, other), (Source::Disk { path: a, .. }, Source::Disk { path: b, .. }) if a == b)
}

/// The last part of a name, for reports.
pub(crate) fn label(name: &Path) -> String {
    name.file_name().unwrap_or(name.as_os_str()).to_string_lossy().into_owned()
}

/// Files below `folder` in the order of their names. Links to folders are not followed: they may
/// lead back.
fn walk(
    root: &Path,
    folder: &Path,
    depth: usize,
    found: &mut Vec<(String, Source)>,
) -> Result<(), Failure> {
    let failed = |error| Failure::file(folder, error);
    let mut entries = fs::read_dir(folder)
        .and_then(|entries| entries.collect::<io::Result<Vec<_>>>())
        .map_err(failed)?;
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        let path = entry.path();
        let kind = entry.file_type().map_err(failed)?;
        if kind.is_dir() {
            if depth >= MAX_DEPTH {
                return Err(failed(io::Error::other("the folders are nested too deeply")));
            }
            walk(root, &path, depth + 1, found)?;
            continue;
        }
        let Ok(metadata) = fs::metadata(&path) else { continue };
        if !metadata.is_file() {
            continue;
        }
        if found.len() >= MAX_FILES {
            let sentence =
                format!("there are more than {MAX_FILES} files below: name a folder of the study");
            return Err(Failure::file(root, io::Error::other(sentence)));
        }
        let name = path.strip_prefix(root).unwrap_or(&path).to_string_lossy().into_owned();
        found.push((name, Source::disk(path, metadata.len())));
    }
    Ok(())
}

fn in_memory(name: &Path, source: impl Read) -> Result<Source, Failure> {
    let mut bytes = Vec::new();
    let limit = available_bytes();
    source
        .take(limit.saturating_add(1))
        .read_to_end(&mut bytes)
        .map_err(|error| Failure::file(name, error))?;
    if bytes.len() as u64 > limit {
        let sentence = format!("it has more than the {} MB of memory here", limit / 1_000_000);
        return Err(Failure::file(name, io::Error::other(sentence)));
    }
    Ok(Source::Memory(Arc::new(bytes)))
}

/// A pair is known by its name: `scan.hdr` goes with `scan.img` or `scan.img.gz`, and so on.
fn other_of_pair(name: &Path) -> Option<PathBuf> {
    let text = name.to_string_lossy();
    let bare = strip(&text, ".gz").unwrap_or(&text);
    if let Some(stem) = strip(bare, ".hdr") {
        return sibling(stem, &[".img", ".img.gz", ".IMG", ".IMG.gz"]);
    }
    sibling(strip(bare, ".img")?, &[".hdr", ".hdr.gz", ".HDR", ".HDR.gz"])
}

/// The header that a lonely `.img` lacks.
pub(crate) fn missing_header(name: &Path) -> Option<String> {
    let text = name.to_string_lossy();
    let stem = strip(strip(&text, ".gz").unwrap_or(&text), ".img")?;
    if other_of_pair(name).is_some() {
        return None;
    }
    Some(label(Path::new(&format!("{stem}.hdr"))))
}

fn strip<'a>(text: &'a str, ending: &str) -> Option<&'a str> {
    let (stem, end) = text.split_at_checked(text.len().checked_sub(ending.len())?)?;
    end.eq_ignore_ascii_case(ending).then_some(stem)
}

fn sibling(stem: &str, endings: &[&str]) -> Option<PathBuf> {
    endings.iter().map(|ending| PathBuf::from(format!("{stem}{ending}"))).find(|path| path.exists())
}
