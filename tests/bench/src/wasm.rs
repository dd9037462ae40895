//! The wasm side: plain exported functions, so that the same kernels are timed without glue.
//!
//! JavaScript reserves room for the file, writes it into memory, and calls by number; the order
//! of names is [`KERNELS`]. A negative answer is an error, whose words `error_at` and
//! `error_length` give.

use std::cell::RefCell;

use crate::{Bench, memory};

/// Kernels by number, as `tests/bench/wasm.mjs` has them.
const KERNELS: [&str; 16] = [
    "open",
    "curve26",
    "curve6",
    "curve26sizes",
    "threshold",
    "label26",
    "label6",
    "dilate",
    "erode",
    "fill",
    "bones",
    "resample",
    "lungs",
    "lungsClassical",
    "prepare",
    "surface",
];

thread_local! {
    static BENCH: RefCell<Bench> = RefCell::default();
    static WORDS: RefCell<String> = RefCell::default();
}

fn call(work: impl FnOnce(&mut Bench) -> Result<f64, hounsfield::Error>) -> f64 {
    memory::reset_peak();
    BENCH.with_borrow_mut(work).unwrap_or_else(|error| {
        WORDS.with_borrow_mut(|words| *words = error.to_string());
        -1.0
    })
}

/// Room for a file of `length` bytes; returns its address.
#[allow(unsafe_code, reason = "an exported name")]
#[unsafe(no_mangle)]
pub extern "C" fn reserve(length: usize) -> *const u8 {
    BENCH.with_borrow_mut(|bench| {
        bench.file = vec![0; length];
        bench.file.as_ptr()
    })
}

/// Gets a volume: 0 stretches the open one, 1 makes noise, 2 the phantom.
#[allow(unsafe_code, reason = "an exported name")]
#[unsafe(no_mangle)]
pub extern "C" fn make(which: u32) -> f64 {
    call(|bench| match which {
        0 => bench.stretch(),
        1 => bench.noise(),
        _ => bench.phantom(),
    })
}

/// Runs a kernel.
#[allow(unsafe_code, reason = "an exported name")]
#[unsafe(no_mangle)]
pub extern "C" fn run(kernel: usize) -> f64 {
    let name = KERNELS.get(kernel).copied().unwrap_or_default();
    call(|bench| if name == "prepare" { bench.prepare() } else { bench.run(name) })
}

/// The voxels of a kernel's result.
#[allow(unsafe_code, reason = "an exported name")]
#[unsafe(no_mangle)]
pub extern "C" fn check(kernel: usize) -> f64 {
    call(|bench| bench.check(KERNELS.get(kernel).copied().unwrap_or_default()))
}

/// The most bytes in use during the last call, beyond those before it.
#[allow(unsafe_code, reason = "an exported name")]
#[unsafe(no_mangle)]
pub extern "C" fn extra_bytes() -> f64 {
    memory::peak_bytes() as f64
}

/// Where the last error's words lie (UTF-8).
#[allow(unsafe_code, reason = "an exported name")]
#[unsafe(no_mangle)]
pub extern "C" fn error_at() -> *const u8 {
    WORDS.with_borrow(|words| words.as_ptr())
}

/// How many bytes they are.
#[allow(unsafe_code, reason = "an exported name")]
#[unsafe(no_mangle)]
pub extern "C" fn error_length() -> usize {
    WORDS.with_borrow(String::len)
}
