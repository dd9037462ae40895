//! A bar on the terminal, and Ctrl-C.

use std::sync::atomic::{AtomicBool, Ordering};

use hounsfield::{Flow, Progress};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::failure::Failure;

static INTERRUPTED: AtomicBool = AtomicBool::new(false);
const STEPS: u64 = 1000;
const INTERRUPTED_STATUS: i32 = 130;

/// The first Ctrl-C stops the work at its next report, so that nothing is left half written; the
/// second one does not wait.
pub(crate) fn listen_for_ctrl_c() -> Result<(), Failure> {
    ctrlc::set_handler(|| {
        if INTERRUPTED.swap(true, Ordering::Relaxed) {
            std::process::exit(INTERRUPTED_STATUS);
        }
    })
    .map_err(|error| Failure::Usage(format!("Ctrl-C cannot be listened for: {error}")))
}

/// Draws on standard error when that is a terminal.
pub(crate) struct Bar {
    bar: ProgressBar,
    stage: &'static str,
}

impl Bar {
    pub(crate) fn new(quiet: bool) -> Self {
        let target =
            if quiet { ProgressDrawTarget::hidden() } else { ProgressDrawTarget::stderr() };
        let bar = ProgressBar::with_draw_target(Some(STEPS), target);
        if let Ok(style) = ProgressStyle::with_template("{msg:20} {bar:40} {percent:>3} %") {
            bar.set_style(style);
        }
        Self { bar, stage: "" }
    }
}

impl Progress for Bar {
    fn report(&mut self, stage: &'static str, fraction: f64) -> Flow {
        if stage != self.stage {
            self.stage = stage;
            self.bar.set_message(stage);
        }
        self.bar.set_position((fraction.clamp(0.0, 1.0) * STEPS as f64) as u64);
        if INTERRUPTED.load(Ordering::Relaxed) { Flow::Stop } else { Flow::Continue }
    }
}

impl Drop for Bar {
    /// The terminal is left as it was found.
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}
