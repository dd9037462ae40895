//! `cargo run -p hounsfield-xtask -- wasm`: the wasm artifacts of the npm package.
//!
//! ```text
//! crate/wasm and below ──cargo──▶ .wasm ──wasm-bindgen──▶ .js .d.ts .wasm ──wasm-opt──▶ crate/js/generated/
//! ```
//!
//! Nothing is built when no input changed since the last run.

mod flavour;
mod sizes;
mod stamp;

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use flavour::Flavour;

const USAGE: &str =
    "usage: hounsfield-xtask wasm [--names] [--only single|threaded|formats|codecs|phantom]
  --names   keep function names, for a profiler
  --only    build one of the artifacts; can be given several times";

/// What the command line asks for.
struct Options {
    names: bool,
    flavours: Vec<Flavour>,
}

fn main() -> Result<()> {
    let options = parse(std::env::args().skip(1))?;
    let root = workspace_root()?;
    let mut built = Vec::new();
    for flavour in options.flavours {
        let folder = root.join("crate/js/generated").join(flavour.name());
        let hash = stamp::of_inputs(&root, flavour, options.names)?;
        if stamp::is_fresh(&folder, &hash) {
            eprintln!("wasm {}: nothing changed", flavour.name());
        } else {
            eprintln!("wasm {}: building", flavour.name());
            flavour.build(&root, &folder, options.names)?;
            stamp::write(&folder, &hash)?;
        }
        built.push((flavour.name(), folder.join("hounsfield_bg.wasm")));
    }
    sizes::print(&built)
}

fn parse(mut args: impl Iterator<Item = String>) -> Result<Options> {
    if args.next().as_deref() != Some("wasm") {
        bail!("{USAGE}");
    }
    let mut options = Options { names: false, flavours: Vec::new() };
    while let Some(arg) = args.next() {
        match arg.as_str() {
            "--names" => options.names = true,
            "--only" => {
                let name = args.next().unwrap_or_default();
                let found = Flavour::ALL.into_iter().find(|flavour| flavour.name() == name);
                let wrong = || format!("--only is {name:?}, but must name an artifact\n{USAGE}");
                options.flavours.push(found.with_context(wrong)?);
            }
            other => bail!("{other} is not an option\n{USAGE}"),
        }
    }
    if options.flavours.is_empty() {
        options.flavours = Flavour::ALL.to_vec();
    }
    Ok(options)
}

fn workspace_root() -> Result<PathBuf> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    Ok(here.ancestors().nth(2).context("the xtask lies two folders below the workspace")?.into())
}
