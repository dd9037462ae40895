//! Whether an artifact is up to date: a hash of everything that goes into it, kept beside it.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::Path;

use anyhow::Result;

use crate::flavour::Flavour;

/// Everything whose change may change an artifact. Tests cannot.
const COMMON: [&str; 9] = [
    "Cargo.toml",
    "Cargo.lock",
    "rust-toolchain.toml",
    "crate/wasm/Cargo.toml",
    "crate/wasm/src/error.rs",
    "crate/wasm/src/lib.rs",
    "crate/xtask/Cargo.toml",
    "crate/xtask/src",
    "node_modules/binaryen/package.json",
];

/// And what only some artifacts are made of.
fn inputs(flavour: Flavour) -> &'static [&'static str] {
    match flavour {
        Flavour::Single | Flavour::Threaded | Flavour::Phantom => {
            &["crate/core/Cargo.toml", "crate/core/src", "crate/wasm/src"]
        }
        Flavour::Formats => &[
            "crate/core/Cargo.toml",
            "crate/core/src",
            "crate/codecs/Cargo.toml",
            "crate/codecs/src/lib.rs",
            "crate/formats/Cargo.toml",
            "crate/formats/src",
            "crate/wasm/src",
        ],
        Flavour::Codecs => {
            &["crate/codecs/Cargo.toml", "crate/codecs/src", "crate/wasm/src/codecs.rs"]
        }
    }
}

const FILE: &str = ".stamp";

/// The hash of all inputs of one artifact.
pub(crate) fn of_inputs(root: &Path, flavour: Flavour, names: bool) -> Result<String> {
    let mut hasher = DefaultHasher::new();
    (flavour.name(), names).hash(&mut hasher);
    for input in COMMON.iter().chain(inputs(flavour)) {
        hash_path(&root.join(input), &mut hasher)?;
    }
    Ok(format!("{:016x}", hasher.finish()))
}

/// Was `folder` built from these inputs?
pub(crate) fn is_fresh(folder: &Path, hash: &str) -> bool {
    std::fs::read_to_string(folder.join(FILE)).is_ok_and(|found| found == hash)
}

/// Remembers what `folder` was built from.
pub(crate) fn write(folder: &Path, hash: &str) -> Result<()> {
    Ok(std::fs::write(folder.join(FILE), hash)?)
}

fn hash_path(path: &Path, hasher: &mut DefaultHasher) -> Result<()> {
    if path.is_dir() {
        let mut entries: Vec<_> =
            std::fs::read_dir(path)?.map(|entry| Ok(entry?.path())).collect::<Result<_>>()?;
        entries.sort();
        for entry in entries {
            hash_path(&entry, hasher)?;
        }
    } else if path.is_file() {
        path.file_name().hash(hasher);
        std::fs::read(path)?.hash(hasher);
    }
    Ok(())
}
