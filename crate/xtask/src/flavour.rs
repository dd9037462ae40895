//! The artifacts: the flags that differ, and the three tools in a row.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail, ensure};
use wasm_bindgen_cli_support::Bindgen;

/// One of the artifacts.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Flavour {
    /// The engine as it runs everywhere.
    Single,
    /// The engine on shared memory and a pool of workers; only on cross-origin isolated pages.
    Threaded,
    /// Every format but NIfTI.
    Formats,
    /// Decoders of compressed DICOM frames.
    Codecs,
    /// The synthetic chest.
    Phantom,
}

/// The flags of all.
const SIMD: &str = "-Ctarget-feature=+simd128";

/// LLVM inlines far more by itself (225 of its units, where 8 is left). So the engine's kernels are 9 %
/// smaller over the wire and no slower, measured one by one. Not for the decoders, which were not
/// measured.
const INLINING: &str = "-Cllvm-args=-inline-threshold=8";

/// std compiled with atomics, and a shared memory that JavaScript makes and hands to each thread.
///
/// The maximum must be declared for a shared memory; 4 GiB is all that 32-bit wasm can address.
/// The exports are what wasm-bindgen sets up a thread's stack and thread-locals with; rustc does
/// not export them by itself.
const SHARED: &str = "-Ctarget-feature=+atomics,+bulk-memory,+simd128 \
    -Clink-arg=--shared-memory -Clink-arg=--import-memory -Clink-arg=--max-memory=4294967296 \
    -Clink-arg=--export=__heap_base -Clink-arg=--export=__wasm_init_tls \
    -Clink-arg=--export=__tls_size -Clink-arg=--export=__tls_align -Clink-arg=--export=__tls_base";

/// Features wasm-opt must know about, or it refuses the module.
const OPT_FEATURES: [&str; 6] = [
    "--enable-simd",
    "--enable-bulk-memory",
    "--enable-nontrapping-float-to-int",
    "--enable-sign-ext",
    "--enable-mutable-globals",
    "--enable-reference-types",
];

/// What is not a voxel loop is compiled for size: a tenth of the bytes over the wire, and the
/// kernels (the core, inflate and deflate, SIMD types, rayon's loops) stay as they are.
const SIZES: [&str; 6] = [
    "profile.release.package.\"*\".opt-level=\"s\"",
    "profile.release.package.hounsfield-wasm.opt-level=\"s\"",
    "profile.release.package.flate2.opt-level=3",
    "profile.release.package.rayon.opt-level=3",
    "profile.release.package.wide.opt-level=3",
    "profile.release.package.zlib-rs.opt-level=3",
];

/// Headers, tables and lists are all that this has; only inflate and the turning of samples into
/// values are loops worth bytes.
const FORMATS: [&str; 1] = ["profile.release.package.hounsfield.opt-level=\"s\""];

/// The decoders of frames: ours are loops throughout, and so are their SIMD parts. `s` costs them half of
/// their speed.
const CODECS: [&str; 4] = [
    "profile.release.package.\"*\".opt-level=\"s\"",
    "profile.release.package.hounsfield-wasm.opt-level=\"s\"",
    "profile.release.package.dicom-toolkit-jpeg2000.opt-level=3",
    "profile.release.package.hounsfield-codecs.opt-level=3",
];

impl Flavour {
    pub(crate) const ALL: [Self; 5] =
        [Self::Single, Self::Threaded, Self::Formats, Self::Codecs, Self::Phantom];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Single => "single",
            Self::Threaded => "threaded",
            Self::Formats => "formats",
            Self::Codecs => "codecs",
            Self::Phantom => "phantom",
        }
    }

    /// The crate's feature that makes it.
    fn feature(self) -> &'static str {
        match self {
            Self::Single => "engine",
            Self::Threaded => "threads",
            Self::Formats => "formats",
            Self::Codecs => "codecs",
            Self::Phantom => "phantom",
        }
    }

    /// How its crates are compiled, where not as fast as can be.
    fn sizes(self) -> impl Iterator<Item = &'static str> {
        let (common, own): (&[&str], &[&str]) = match self {
            Self::Single | Self::Threaded | Self::Phantom => (&SIZES, &[]),
            Self::Formats => (&SIZES, &FORMATS),
            Self::Codecs => (&[], &CODECS),
        };
        common.iter().chain(own).copied()
    }

    /// Builds into `folder`, which is emptied first: a stale file there would be published.
    pub(crate) fn build(self, root: &Path, folder: &Path, names: bool) -> Result<()> {
        let compiled = self.compile(root)?;
        if folder.exists() {
            std::fs::remove_dir_all(folder)?;
        }
        Bindgen::new()
            .input_path(&compiled)
            .out_name("hounsfield")
            .web(true)?
            .typescript(true)
            .ts_typed_array_buffers(true)
            // The worker says where the .wasm lies, so that each bundler sees one such address.
            .omit_default_module_path(true)
            // A decoder that trapped on a damaged frame is started afresh; a phantom that was
            // rendered gives its memory back.
            .reset_state_function(matches!(self, Self::Codecs | Self::Phantom))
            .remove_name_section(!names)
            .remove_producers_section(true)
            .generate(folder)?;
        self.optimise(root, &folder.join("hounsfield_bg.wasm"), names)
    }

    fn compile(self, root: &Path) -> Result<PathBuf> {
        // A folder for each set of flags: with one, every switch would rebuild everything.
        let flags = match self {
            Self::Single | Self::Formats | Self::Phantom => "single",
            Self::Threaded | Self::Codecs => self.name(),
        };
        let target = root.join("target").join(format!("wasm-{flags}"));
        let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        cargo
            .current_dir(root)
            .env("CARGO_TARGET_DIR", &target)
            .args(["build", "--release", "--locked", "--package", "hounsfield-wasm"])
            .args(["--no-default-features", "--features", self.feature()])
            .args(["--target", "wasm32-unknown-unknown"]);
        // Natively one decoder's panics are caught (`crate/codecs/src/j2k`); wasm cannot unwind.
        cargo.args(["--config", "profile.release.panic=\"abort\""]);
        cargo.args(self.sizes().flat_map(|size| ["--config", size]));
        let mut rustc = String::from(SIMD);
        if self == Self::Threaded {
            // -Z on the pinned stable toolchain: the same compiler builds all artifacts.
            cargo.env("RUSTC_BOOTSTRAP", "1").arg("-Zbuild-std=std,panic_abort");
            rustc = SHARED.into();
        }
        if self != Self::Codecs {
            rustc = format!("{rustc} {INLINING}");
        }
        cargo.env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS", rustc);
        // Flags from outside would override the ones above.
        cargo.env_remove("RUSTFLAGS").env_remove("CARGO_ENCODED_RUSTFLAGS");
        run(&mut cargo, "cargo build")?;
        Ok(target.join("wasm32-unknown-unknown/release/hounsfield_wasm.wasm"))
    }

    fn optimise(self, root: &Path, wasm: &Path, names: bool) -> Result<()> {
        let tool = root.join("node_modules/binaryen/bin/wasm-opt");
        ensure!(tool.exists(), "wasm-opt is missing: run npm ci first");
        let mut opt = Command::new("node");
        opt.arg(tool).arg(wasm).arg("-o").arg(wasm).arg("-O3").args(OPT_FEATURES);
        if self == Self::Threaded {
            opt.arg("--enable-threads");
        }
        if names {
            opt.arg("--debuginfo");
        }
        run(&mut opt, "wasm-opt")
    }
}

fn run(command: &mut Command, what: &str) -> Result<()> {
    let status = command.status().with_context(|| format!("{what} could not be started"))?;
    if !status.success() {
        bail!("{what} failed ({status})");
    }
    Ok(())
}
