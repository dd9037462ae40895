//! The pool of workers under rayon.
//!
//! The page starts plain workers that share this memory and call [`run_thread`]; the engine's
//! worker then calls [`start_threads`]. `wasm-bindgen-rayon` does nearly this, but from a helper
//! script that starts workers inside the worker: bundlers trip over its circular import, and when
//! a thread traps nobody hears of it and the caller waits for ever. With threads that belong to
//! the page, a trap in one reaches the page at once, and the engine is given up.

use std::sync::{Condvar, Mutex, PoisonError};

use hounsfield::Error;
use rayon::{ThreadBuilder, ThreadPoolBuilder};
use wasm_bindgen::prelude::*;

use crate::error::to_js;

/// Threads that rayon wants started, waiting for a worker to become one.
static WANTED: Mutex<Vec<ThreadBuilder>> = Mutex::new(Vec::new());
static MORE: Condvar = Condvar::new();

/// Makes rayon use `count` threads: this one and `count - 1` workers in [`run_thread`].
///
/// # Errors
/// When the pool exists already.
#[wasm_bindgen(js_name = startThreads)]
pub fn start_threads(count: usize) -> Result<(), JsValue> {
    ThreadPoolBuilder::new()
        .num_threads(count)
        .use_current_thread()
        .spawn_handler(|thread| {
            WANTED.lock().unwrap_or_else(PoisonError::into_inner).push(thread);
            MORE.notify_one();
            Ok(())
        })
        .build_global()
        .map_err(|error| to_js(&Error::Unreadable { reason: error.to_string() }))
}

/// Becomes one of rayon's threads; does not return while the engine lives.
#[wasm_bindgen(js_name = runThread)]
pub fn run_thread() {
    let mut wanted = WANTED.lock().unwrap_or_else(PoisonError::into_inner);
    let thread = loop {
        match wanted.pop() {
            Some(thread) => break thread,
            None => wanted = MORE.wait(wanted).unwrap_or_else(PoisonError::into_inner),
        }
    };
    drop(wanted);
    thread.run();
}
