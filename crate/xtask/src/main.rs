//! `cargo run -p hounsfield-xtask -- wasm`: the two wasm artifacts of the npm package.
//!
//! ```text
//! crate/core, crate/wasm ──cargo──▶ .wasm ──wasm-bindgen──▶ .js .d.ts .wasm ──wasm-opt──▶ crate/js/generated/
//! ```
//!
//! Nothing is built when no input changed since the last run.

mod flavour;
mod sizes;
mod stamp;

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use flavour::Flavour;

const USAGE: &str = "usage: hounsfield-xtask wasm [--names] [--only single|threaded]
  --names   keep function names, for a profiler
  --only    build one of the two artifacts";

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
        let hash = stamp::of_inputs(&root, flavour.name(), options.names)?;
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
    let mut options = Options { names: false, flavours: vec![Flavour::Single, Flavour::Threaded] };
    while let Some(arg) = args.next() {
        match arg.as_str() {
            "--names" => options.names = true,
            "--only" => {
                options.flavours = match args.next().as_deref() {
                    Some("single") => vec![Flavour::Single],
                    Some("threaded") => vec![Flavour::Threaded],
                    other => bail!("--only is {other:?}, but must be single or threaded\n{USAGE}"),
                }
            }
            other => bail!("{other} is not an option\n{USAGE}"),
        }
    }
    Ok(options)
}

fn workspace_root() -> Result<PathBuf> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    Ok(here.ancestors().nth(2).context("the xtask lies two folders below the workspace")?.into())
}
