//! How long work tells its caller where it is, and how the caller stops it.

use crate::Error;

/// The caller's answer to a [`Progress::report`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flow {
    /// Go on.
    Continue,
    /// Stop at this point; the work returns [`Error::Stopped`].
    Stop,
}

/// Receives the stage's name and the fraction done (0 to 1), between slabs of work.
///
/// Never called inside a parallel closure. `()` listens to nothing; any
/// `FnMut(&'static str, f64) -> Flow` listens.
pub trait Progress {
    /// `stage` is a few words for people; `fraction` is of the whole job, 0 to 1.
    fn report(&mut self, stage: &'static str, fraction: f64) -> Flow;
}

impl Progress for () {
    fn report(&mut self, _: &'static str, _: f64) -> Flow {
        Flow::Continue
    }
}

impl<F: FnMut(&'static str, f64) -> Flow> Progress for F {
    fn report(&mut self, stage: &'static str, fraction: f64) -> Flow {
        self(stage, fraction)
    }
}

/// Reports, and turns the caller's *stop* into [`Error::Stopped`].
///
/// # Errors
/// [`Error::Stopped`] when the caller says so.
pub fn checkpoint(
    progress: &mut dyn Progress,
    stage: &'static str,
    fraction: f64,
) -> Result<(), Error> {
    match progress.report(stage, fraction) {
        Flow::Continue => Ok(()),
        Flow::Stop => Err(Error::Stopped),
    }
}

/// A part of a larger job: a step's own 0…1 becomes `start`…`end` of the whole.
pub struct Part<'a> {
    whole: &'a mut dyn Progress,
    start: f64,
    end: f64,
}

impl<'a> Part<'a> {
    /// The stretch from `start` to `end` (fractions of `whole`).
    pub fn new(whole: &'a mut dyn Progress, start: f64, end: f64) -> Self {
        Self { whole, start, end }
    }
}

impl std::fmt::Debug for Part<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Part({}..{})", self.start, self.end)
    }
}

impl Progress for Part<'_> {
    fn report(&mut self, stage: &'static str, fraction: f64) -> Flow {
        let within = fraction.clamp(0.0, 1.0);
        self.whole.report(stage, self.start + within * (self.end - self.start))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_reports_fractions_of_the_whole() {
        let mut seen = Vec::new();
        let mut whole = |stage: &'static str, fraction: f64| {
            seen.push((stage, fraction));
            Flow::Continue
        };
        Part::new(&mut whole, 0.5, 0.75).report("close", 0.5);
        assert_eq!(seen, [("close", 0.625)]);
    }

    #[test]
    fn stop_becomes_an_error() {
        let mut stop = |_: &'static str, _: f64| Flow::Stop;
        assert_eq!(checkpoint(&mut stop, "fill", 0.1), Err(Error::Stopped));
    }
}
