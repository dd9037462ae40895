//! Files in, an outcome in words out.

use std::{
    sync::{
        Mutex,
        mpsc::{self, RecvTimeoutError},
    },
    time::Duration,
};

use hounsfield::{Error, nifti::Limits};
use hounsfield_codecs::{Codec, Shape};
use hounsfield_formats::{
    bytes::Bytes,
    catalogue::{Catalogue, Listing},
    files::Files,
    open::open,
    plan::{Options, Plan},
    reader::FrameCodec,
    scan::scan,
};

/// Longer, and it hangs.
const PATIENCE: Duration = Duration::from_secs(60);
/// A sentence, not a story. Notes name files, whose names may be long.
const MAX_SENTENCE: usize = 300;
const MAX_NOTE: usize = 800;
/// Words that come from a program's insides.
const DEBUG_WORDS: [&str; 8] = ["Some(", "None", "Err(", "Ok(", "::", "{ ", "panicked", "\\"];

struct Codecs;

impl FrameCodec for Codecs {
    fn decode(&self, codec: Codec, frame: &[u8], shape: &Shape) -> Result<Vec<u8>, Error> {
        hounsfield_codecs::decode(codec, frame, shape).map_err(|error| Error::Damaged {
            what: "a compressed frame".into(),
            reason: error.to_string(),
        })
    }
}

/// What nobody should have to read, with the file it came from: all are looked at before the test
/// fails.
pub(crate) static COMPLAINTS: Mutex<Vec<String>> = Mutex::new(Vec::new());

/// Opens everything that there is to pick from in these files. Whether that takes a minute, panics,
/// or says what no person understands, it is a complaint.
pub(crate) fn outcome<B: Bytes + Send + Sync + 'static>(
    name: &str,
    files: Vec<(String, B)>,
    memory_bytes: u64,
) -> String {
    let complain = |what: &str| COMPLAINTS.lock().unwrap().push(format!("{name}: {what}"));
    let (sender, receiver) = mpsc::channel();
    std::thread::spawn(move || sender.send(describe(files, memory_bytes)));
    match receiver.recv_timeout(PATIENCE) {
        Ok((outcome, complaints)) => {
            complaints.iter().for_each(|complaint| complain(complaint));
            outcome
        }
        Err(RecvTimeoutError::Timeout) => {
            complain("no outcome after a minute");
            "no outcome".into()
        }
        Err(RecvTimeoutError::Disconnected) => {
            complain("panicked");
            "panic".into()
        }
    }
}

fn describe<B: Bytes + Sync>(files: Vec<(String, B)>, memory_bytes: u64) -> (String, Vec<String>) {
    let mut complaints = Vec::new();
    let limits = Limits { memory_bytes, source_bytes: None };
    let files = Files::new(files).within(memory_bytes);
    let items: Vec<_> = (0..files.len()).flat_map(|file| scan(&files, file, &limits)).collect();
    // Items and plans cross between workers.
    let json = serde_json::to_string(&items).unwrap();
    let items = serde_json::from_str(&json).unwrap();
    let catalogue = Catalogue::new(items);
    let listing = catalogue.listing();
    check_listing(&listing, &mut complaints);
    let mut outcomes: Vec<String> = Vec::new();
    for series in &listing.series {
        let plan = catalogue.plan(&series.id, &Options::default());
        let result = plan.and_then(|plan| {
            let json = serde_json::to_string(&plan).unwrap();
            let plan: Plan = serde_json::from_str(&json).unwrap();
            open(&files, &plan, &Codecs, &limits, &mut ())
        });
        outcomes.push(match result {
            Ok(opened) => {
                let info = opened.info;
                assert_eq!(opened.volume.grid().size_voxel(), info.size_voxel);
                assert!(info.ras_from_voxel.iter().all(|value| value.is_finite()));
                for note in &info.notes {
                    check_words(&note.message, MAX_NOTE, &mut complaints);
                }
                let [nx, ny, nz] = info.size_voxel;
                let mut codes: Vec<&str> = info.notes.iter().map(|note| &*note.code).collect();
                codes.dedup();
                let notes = if codes.is_empty() {
                    String::new()
                } else {
                    format!("; notes: {}", codes.join(", "))
                };
                format!("**{}** {nx} × {ny} × {nz}{notes}", info.format)
            }
            Err(error) => check_sentence(&error.to_string(), &mut complaints),
        });
    }
    for left_out in &listing.left_out {
        let reason = check_sentence(&left_out.reason, &mut complaints);
        outcomes.push(match left_out.count {
            1 => reason,
            n => format!("{n} × {reason}"),
        });
    }
    if outcomes.is_empty() && !files.is_empty() {
        complaints.push("neither a series nor a reason".into());
    }
    let text = if outcomes.is_empty() { "nothing to list".into() } else { counted(&outcomes) };
    (text, complaints)
}

/// Equal ones once, with their number.
fn counted(outcomes: &[String]) -> String {
    let mut counts: Vec<(&String, usize)> = Vec::new();
    for outcome in outcomes {
        match counts.iter_mut().find(|(other, _)| *other == outcome) {
            Some((_, n)) => *n += 1,
            None => counts.push((outcome, 1)),
        }
    }
    let words = counts.into_iter().map(|(outcome, n)| match n {
        1 => outcome.clone(),
        n => format!("{n} × {outcome}"),
    });
    words.collect::<Vec<_>>().join("<br>")
}

fn check_listing(listing: &Listing, complaints: &mut Vec<String>) {
    check_sentence(&listing.reason, complaints);
    let suggested = listing.suggested.as_ref();
    if suggested.is_some() == listing.series.is_empty() {
        complaints.push("something to open, but no suggestion, or the other way round".into());
    }
    if suggested.is_some_and(|id| !listing.series.iter().any(|series| series.id == *id)) {
        complaints.push("what is suggested is not in the listing".into());
    }
}

fn check_sentence(sentence: &str, complaints: &mut Vec<String>) -> String {
    check_words(sentence, MAX_SENTENCE, complaints)
}

/// What people read: one sentence, in one line, without a program's insides.
fn check_words(sentence: &str, most: usize, complaints: &mut Vec<String>) -> String {
    if sentence.is_empty() || sentence.len() >= most {
        complaints.push(format!("{} bytes: {sentence:?}", sentence.len()));
    }
    if sentence.contains(char::is_control) {
        complaints.push(format!("control characters: {sentence:?}"));
    }
    for word in DEBUG_WORDS.iter().filter(|word| sentence.contains(**word)) {
        complaints.push(format!("{word:?} in {sentence:?}"));
    }
    sentence.replace('|', "/").replace('\n', " ")
}
