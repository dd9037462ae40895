//! Work on all threads there are.
//!
//! Parts of the work wait in one queue and go to whoever is free. Results never hang on who that
//! was: a part knows its number. Loops come here as `dyn Fn`, a part at a time: rayon's own
//! iterators would be compiled anew for each loop, an eighth of the engine's wasm. Without the
//! feature `threads` there is no rayon at all.

use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::Error;

/// Threads that work at once.
pub(crate) fn threads() -> usize {
    #[cfg(feature = "threads")]
    let count = rayon::current_num_threads();
    #[cfg(not(feature = "threads"))]
    let count = 1;
    count
}

/// Gives each part, with its number, to `work`. A part should take some microseconds at least.
pub(crate) fn each<T>(parts: impl Iterator<Item = T> + Send, work: &(dyn Fn(usize, T) + Sync)) {
    fold(parts, &|| (), &|(), number, part| work(number, part));
}

/// As [`each`], where a part may fail; a thread whose part failed takes no other.
pub(crate) fn try_each<T>(
    parts: impl Iterator<Item = T> + Send,
    work: &(dyn Fn(usize, T) -> Result<(), Error> + Sync),
) -> Result<(), Error> {
    let start = || Ok(());
    let done: Vec<Result<(), Error>> = fold(parts, &start, &|so_far, number, part| {
        if so_far.is_ok() {
            *so_far = work(number, part);
        }
    });
    done.into_iter().collect()
}

/// What `work` makes of each part, in the parts' order.
pub(crate) fn map<T, R: Send>(
    parts: impl ExactSizeIterator<Item = T> + Send,
    work: &(dyn Fn(usize, T) -> R + Sync),
) -> Vec<R> {
    let mut results: Vec<Option<R>> = Vec::new();
    results.resize_with(parts.len(), || None);
    each(parts.zip(&mut results), &|number, (part, result)| *result = Some(work(number, part)));
    results.into_iter().flatten().collect()
}

/// As [`each`], with something that a thread keeps from part to part and that comes back: one for
/// each thread that had any part, in no order.
pub(crate) fn fold<T, S: Send>(
    parts: impl Iterator<Item = T> + Send,
    start: &(dyn Fn() -> S + Sync),
    work: &(dyn Fn(&mut S, usize, T) + Sync),
) -> Vec<S> {
    let queue = Mutex::new(parts.enumerate());
    let kept = Mutex::new(Vec::new());
    on_all(&|| {
        let mut own = None;
        loop {
            // A statement of its own: the queue must be open again while the part is worked on.
            let next = lock(&queue).next();
            let Some((number, part)) = next else { break };
            work(own.get_or_insert_with(start), number, part);
        }
        lock(&kept).extend(own);
    });
    kept.into_inner().unwrap_or_else(PoisonError::into_inner)
}

/// Runs `task` on each thread at once, as far as threads are free.
#[cfg(feature = "threads")]
fn on_all(task: &(dyn Fn() + Sync)) {
    rayon::scope(|scope| {
        for _ in 1..threads() {
            scope.spawn(|_| task());
        }
        task();
    });
}

#[cfg(not(feature = "threads"))]
fn on_all(task: &(dyn Fn() + Sync)) {
    task();
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_part_is_worked_on_once_and_results_keep_their_order() {
        let squares = map(0..1000_usize, &|number, part| {
            assert_eq!(number, part);
            part * part
        });
        assert!(squares.iter().enumerate().all(|(k, square)| *square == k * k));
        assert_eq!(squares.len(), 1000);
    }

    #[test]
    fn what_threads_keep_holds_all_parts_together() {
        let sums = fold(1..=1000_u64, &|| 0, &|sum, _, part| *sum += part);
        assert!(!sums.is_empty() && sums.len() <= threads());
        assert_eq!(sums.iter().sum::<u64>(), 500_500);
        assert!(fold(0..0, &|| 0, &|_, _, _| ()).is_empty());
    }

    #[test]
    fn a_part_that_fails_is_heard_of() {
        let failing = |number: usize, _: usize| match number {
            77 => Err(Error::Stopped),
            _ => Ok(()),
        };
        assert!(matches!(try_each(0..100, &failing), Err(Error::Stopped)));
        assert!(try_each(0..77, &failing).is_ok());
    }

    #[test]
    fn work_within_work_ends() {
        let inner = |_: usize, _: usize| map(0..10_usize, &|_, k| k).len();
        assert_eq!(map(0..10, &inner), vec![10; 10]);
    }
}
