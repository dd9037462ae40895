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
    let start = Instant::now();
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
    Ok(
        json!({ "ms": ms, "value": value, "extraBytes": peak_bytes(), "peakRssBytes": peak_rss_bytes() }),
    )
}

/// The most memory the process ever held, where the system says so (Linux).
fn peak_rss_bytes() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    let kilobytes: u64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kilobytes * 1024)
}
