//! The whole way from bytes to voxels, with what must hold whatever the bytes are.

use hounsfield::nifti::Limits;
use hounsfield_formats::{
    catalogue::Catalogue,
    files::Files,
    item::Item,
    open::open,
    plan::{Gaps, Options, Tilt},
    scan::scan,
};

/// A few megabytes are enough to go wrong in.
pub const MEMORY_BYTES: u64 = 4_000_000;

/// A header called `name`, with its voxels behind it or in `a.raw`; the last byte of `input` says
/// where that begins, in 16ths.
#[allow(dead_code, reason = "not every target has such headers")]
pub fn open_header(name: &str, input: &[u8]) {
    let Some((split, bytes)) = input.split_last() else { return };
    let split = bytes.len() - usize::from(*split % 16) * bytes.len() / 16;
    let (header, voxels) = bytes.split_at(split);
    let mut files = vec![(name.to_owned(), header.to_vec())];
    if !voxels.is_empty() {
        files.push(("a.raw".to_owned(), voxels.to_vec()));
    }
    open_all(files);
}

/// Lists, plans and opens everything there is in these files.
pub fn open_all(files: Vec<(String, Vec<u8>)>) {
    let limits = Limits { memory_bytes: MEMORY_BYTES, source_bytes: None };
    one_thread();
    let files = Files::new(files).within(MEMORY_BYTES);
    let items: Vec<Item> =
        (0..files.len()).flat_map(|file| scan(&files, file, &limits)).collect();
    let json = serde_json::to_string(&items).unwrap();
    let items: Vec<Item> = serde_json::from_str(&json).unwrap();
    let catalogue = Catalogue::new(items);
    for id in listed(&catalogue) {
        for options in ways() {
            let Ok(plan) = catalogue.plan(&id, &options) else { continue };
            if plan.file_size.iter().product::<usize>() as u64 > MEMORY_BYTES {
                continue;
            }
            let Ok(opened) = open(&files, &plan, &(), &limits, &mut ()) else { continue };
            assert_eq!(opened.volume.grid().size_voxel(), opened.info.size_voxel);
            let voxels = opened.info.size_voxel.iter().product::<usize>() as u64;
            assert!(voxels * 2 <= MEMORY_BYTES, "{voxels} voxels");
        }
    }
}

/// The ids of what can be picked; the listing must be sound.
pub fn listed(catalogue: &Catalogue) -> Vec<String> {
    let listing = catalogue.listing();
    assert_eq!(listing.suggested.is_some(), !listing.series.is_empty());
    let ids: Vec<String> = listing.series.into_iter().map(|series| series.id).collect();
    if let Some(suggested) = listing.suggested {
        assert!(ids.contains(&suggested));
    }
    // A drop of a million series is not what is looked for here.
    ids.into_iter().take(8).collect()
}

/// The options that change most.
pub fn ways() -> [Options; 3] {
    [
        Options::default(),
        Options {
            gaps: Gaps::Interpolate,
            tilt: Tilt::Keep,
            turn_over: true,
            ..Options::default()
        },
        Options {
            tilt: Tilt::Refuse,
            spacing_mm: Some([0.7, 0.7, 2.0]),
            labels: true,
            ..Options::default()
        },
    ]
}

/// Threads are tested elsewhere; here they would only make runs differ.
fn one_thread() {
    // The second time it is set already.
    let _ = rayon::ThreadPoolBuilder::new().num_threads(1).build_global();
}
