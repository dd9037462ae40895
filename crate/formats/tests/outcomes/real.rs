//! Every file of `../shared/data` alone, and every folder as it would be dropped.

use std::{
    fs::{self, File},
    io::{self, Read, Seek, SeekFrom},
    path::{Path, PathBuf},
    sync::Mutex,
};

use hounsfield_formats::bytes::Bytes;
use rayon::prelude::*;

use super::{opening::outcome, table};

/// More than the largest scan there needs.
const MEMORY_BYTES: u64 = 1_000_000_000;

/// A file on disk.
struct Disk {
    file: Mutex<File>,
    length: u64,
}

impl Bytes for Disk {
    fn byte_length(&self) -> u64 {
        self.length
    }

    fn read_at(&self, offset: u64, out: &mut [u8]) -> io::Result<usize> {
        let mut file = self.file.lock().unwrap();
        file.seek(SeekFrom::Start(offset))?;
        file.read(out)
    }
}

/// The tables, a section a folder; `None` where there is no data.
pub(crate) fn table() -> Option<String> {
    let beside = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data");
    let root =
        std::env::var_os("HOUNSFIELD_DATA").map_or_else(|| PathBuf::from(beside), PathBuf::from);
    let mut folders = Vec::new();
    walk(&root, &mut folders).ok()?;
    let count: usize = folders.iter().map(|(_, files)| files.len()).sum();
    let sections = folders.iter().map(|(folder, files)| section(&root, folder, files));
    let sections: Vec<String> = sections.collect();
    Some(format!("{count} files in {} folders.\n\n{}", folders.len(), sections.join("\n")))
}

fn section(root: &Path, folder: &Path, files: &[PathBuf]) -> String {
    let relative = |path: &Path| path.strip_prefix(root).unwrap_or(path).display().to_string();
    let alone = files.par_iter().map(|path| {
        let name = name(path);
        let outcome = outcome(&relative(path), vec![(name.clone(), disk(path))], MEMORY_BYTES);
        (name, outcome)
    });
    let alone: Vec<(String, String)> = alone.collect();
    let together = files.iter().map(|path| (name(path), disk(path))).collect();
    let mut folder_name = relative(folder);
    if folder_name.is_empty() {
        folder_name = ".".into();
    }
    let all = outcome(&folder_name, together, MEMORY_BYTES);
    format!("#### {folder_name}\n\nDropped together: {all}\n\n{}", table::rows(&alone))
}

fn disk(path: &Path) -> Disk {
    let file = File::open(path).unwrap();
    let length = file.metadata().unwrap().len();
    Disk { file: Mutex::new(file), length }
}

fn name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

/// Folders that hold files, sorted, with their files.
fn walk(folder: &Path, found: &mut Vec<(PathBuf, Vec<PathBuf>)>) -> io::Result<()> {
    let entries = fs::read_dir(folder)?.collect::<io::Result<Vec<_>>>()?;
    let mut paths: Vec<PathBuf> = entries.iter().map(fs::DirEntry::path).collect();
    paths.sort();
    let (folders, files): (Vec<_>, Vec<_>) = paths.into_iter().partition(|path| path.is_dir());
    if !files.is_empty() {
        found.push((folder.to_owned(), files));
    }
    folders.iter().try_for_each(|folder| walk(folder, found))
}
