//! What becomes of every file there is: a volume or one clear sentence. The table is kept in
//! `tests/hostile/OUTCOMES.md`, so that a change of it is seen.
//!
//! `UPDATE_OUTCOMES=1 cargo test -p hounsfield-formats --test outcomes` rewrites it. The files made
//! by code are looked at everywhere, the real ones where they are (`../shared/data`).

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may")]

#[allow(dead_code, unreachable_pub, reason = "other crates' tests use it, too")]
#[path = "../../../tests/hostile/dicom.rs"]
mod dicom;
#[path = "outcomes/made.rs"]
mod made;
#[path = "outcomes/opening.rs"]
mod opening;
#[path = "outcomes/real.rs"]
mod real;
#[path = "outcomes/table.rs"]
mod table;
#[allow(dead_code, unreachable_pub, reason = "other crates' tests use it, too")]
#[path = "../../../tests/hostile/zip.rs"]
mod zip;

#[test]
fn every_file_gives_a_volume_or_one_clear_sentence() {
    let drops = made::drops();
    // From now on the most memory is counted anew, where the system can (Linux).
    let counts = std::fs::write("/proc/self/clear_refs", "5").is_ok();
    let before = memory_kib("VmRSS:");
    let made = made::table(drops);
    // Every one of them was opened with 64 MB to put voxels into.
    if let (true, Some(before), Some(peak)) = (counts, before, memory_kib("VmHWM:")) {
        let more = peak.saturating_sub(before);
        assert!(more < 300_000, "{more} KiB more than before");
    }
    let real = real::table();
    if real.is_none() {
        eprintln!("skipped: there are no real files beside this checkout");
    }
    let complaints = opening::COMPLAINTS.lock().unwrap();
    assert!(complaints.is_empty(), "{} complaints:\n{}", complaints.len(), complaints.join("\n"));
    table::keep("made", &made);
    if let Some(real) = real {
        table::keep("real", &real);
    }
}

/// The process's memory, where the system says.
fn memory_kib(word: &str) -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix(word))?;
    line.split_whitespace().next()?.parse().ok()
}
