//! The native side: one command a line on stdin, one JSON object a line on stdout.
//!
//! ```text
//! file PATH | stretch | noise | phantom | encode PATH | prepare      get a volume
//! run KERNEL | check KERNEL | bye                                    time it, or count its voxels
//! ```
//! `bench THREADS`; the driver asks this program and its peers in turn, so that all see the same
//! machine in the same minute.

use std::io::{BufRead, Write};
use std::time::Instant;

use hounsfield_bench::{Bench, peak_bytes, reset_peak};
use serde_json::{Value, json};

type Failure = Box<dyn std::error::Error>;

fn main() -> Result<(), Failure> {
    let threads: usize = std::env::args().nth(1).map_or(Ok(1), |n| n.parse())?;
    rayon::ThreadPoolBuilder::new().num_threads(threads).build_global()?;
    let mut bench = Bench::default();
    let mut out = std::io::stdout();
    for line in std::io::stdin().lock().lines() {
        let line = line?;
        let (verb, rest) = line.split_once(' ').unwrap_or((&line, ""));
        if verb == "bye" {
            break;
        }
        let answer = answer(&mut bench, verb, rest)
            .unwrap_or_else(|failure| json!({ "error": failure.to_string() }));
        writeln!(out, "{answer}")?;
        out.flush()?;
    }
    Ok(())
}

fn answer(bench: &mut Bench, verb: &str, rest: &str) -> Result<Value, Failure> {
    reset_peak();
    let (start, cpu) = (Instant::now(), cpu_ms());
    let value = match verb {
        "file" => {
            bench.file = std::fs::read(rest)?;
            bench.open()?
        }
        "stretch" => bench.stretch()?,
        "noise" => bench.noise()?,
        "phantom" => bench.phantom()?,
        "encode" => {
            let bytes = bench.encode()?;
            std::fs::write(rest, &bytes)?;
            bytes.len() as f64
        }
        "prepare" => bench.prepare()?,
        "run" => bench.run(rest)?,
        "check" => bench.check(rest)?,
        _ => return Err(format!("{verb} is no command").into()),
    };
    let ms = start.elapsed().as_secs_f64() * 1e3;
    let cpu_ms = cpu_ms().zip(cpu).map(|(now, then)| now - then);
    Ok(
        json!({ "ms": ms, "cpuMs": cpu_ms, "value": value, "extraBytes": peak_bytes(), "peakRssBytes": peak_rss_bytes() }),
    )
}

/// Milliseconds that all threads of this process have computed for: what counts on a machine that
/// others use, too.
#[cfg(unix)]
fn cpu_ms() -> Option<f64> {
    let mut now = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: the call writes to `now`, which outlives it.
    let answer = unsafe { libc::clock_gettime(libc::CLOCK_PROCESS_CPUTIME_ID, &raw mut now) };
    (answer == 0).then_some(now.tv_sec as f64 * 1e3 + now.tv_nsec as f64 / 1e6)
}

#[cfg(not(unix))]
fn cpu_ms() -> Option<f64> {
    None
}

/// The most memory the process ever held, where the system says so (Linux).
fn peak_rss_bytes() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    let kilobytes: u64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kilobytes * 1024)
}
