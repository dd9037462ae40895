//! Real scans that lie beside the checkout on some machines.

use std::path::PathBuf;

/// The folder of real scans: `HOUNSFIELD_DATA`, else `../shared/data`. Without it a test skips,
/// and says so.
#[allow(dead_code, reason = "not every test looks for files")]
pub(crate) fn data(folder: &str) -> Option<PathBuf> {
    let beside = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data");
    let root =
        std::env::var_os("HOUNSFIELD_DATA").map_or_else(|| PathBuf::from(beside), PathBuf::from);
    let path = root.join(folder);
    if !path.exists() {
        eprintln!("skipped: {} is not here", path.display());
        return None;
    }
    Some(path)
}
