//! Everything in one call, for the command and for tests: files in, a volume out.
//!
//! ```text
//! plan ─▶ threads, each with a reader of its own ─Slice─▶ one Assembly ─▶ Volume + Template
//! ```
//!
//! Each thread asks for the next plane that nobody has; the calling thread alone puts planes into
//! the volume and reports, so few planes exist outside of it at any time.

use std::sync::{
    atomic::{AtomicUsize, Ordering},
    mpsc,
};

use hounsfield::{
    Error, Info, Progress, Volume,
    nifti::{self, Limits, Template},
    progress::checkpoint,
};

use crate::{
    bytes::Bytes,
    files::Files,
    filling::{Filling, Outcome},
    plan::{Part, Plan, ReaderKind},
    reader::{FrameCodec, PlaneReader},
    readers::reader,
};

/// A scan that was read.
#[derive(Debug, Clone)]
pub struct Opened {
    /// The voxels in closest-RAS order.
    pub volume: Volume,
    /// What masks on this scan are written with.
    pub template: Template,
    /// What the plan said, and what came up while reading.
    pub info: Info,
}

/// Reads every plane of `plan`, in as many threads as rayon has, into one volume.
///
/// A plane that cannot be read stays at [`Plan::fill`]; it is named in `info.notes` and counted in
/// `info.facts.stack`. Reports stage `"reading"` between planes.
///
/// # Errors
/// [`Error::TooLarge`] before anything is allocated, [`Error::OutOfMemory`], [`Error::Stopped`];
/// what is wrong with the first plane when all of them, or the one file that holds them, cannot be
/// read.
pub fn open<B: Bytes + Sync>(
    files: &Files<B>,
    plan: &Plan,
    codec: &(dyn FrameCodec + Sync),
    limits: &Limits,
    progress: &mut dyn Progress,
) -> Result<Opened, Error> {
    if plan.reader == ReaderKind::Nifti {
        return open_nifti(files, plan, limits, progress);
    }
    let make = || reader(plan, files, codec as &dyn FrameCodec);
    // Several threads would send each other back to the start of such an entry.
    let parts = || plan.planes.iter().flat_map(|plane| &plane.parts);
    let forward = parts().any(|part| part.frame > 0 && files.is_read_forward(&part.place));
    let threads = if plan.sequential || forward { 1 } else { rayon::current_num_threads() };
    read_planes(plan, threads, limits, &make, &|part| files.name(&part.place), progress)
}

/// The core's own reader takes the whole file, or the pair, and inflates on the way.
fn open_nifti<B: Bytes>(
    files: &Files<B>,
    plan: &Plan,
    limits: &Limits,
    progress: &mut dyn Progress,
) -> Result<Opened, Error> {
    let part = plan.planes.first().and_then(|plane| plane.parts.first());
    let voxels = &part.ok_or(Error::MissingImage { format: "NIfTI-1" })?.place;
    let limits = Limits { source_bytes: Some(files.packed(voxels)?.byte_length()), ..*limits };
    let scan = match &plan.header {
        Some(header) if header != voxels => {
            let (header, image) = (files.stream(header)?, files.stream(voxels)?);
            nifti::read_pair(header, image, &limits, progress)?
        }
        _ => nifti::read(files.stream(voxels)?, &limits, progress)?,
    };
    let mut info = scan.info;
    // What grouping the files brought up.
    for note in &plan.info.notes {
        if !info.notes.contains(note) {
            info.notes.push(note.clone());
        }
    }
    Ok(Opened { volume: scan.volume, template: scan.template, info })
}

fn read_planes<'r>(
    plan: &Plan,
    threads: usize,
    limits: &Limits,
    make: &(dyn Fn() -> Result<Box<dyn PlaneReader + 'r>, Error> + Sync),
    name_of: &dyn Fn(&Part) -> String,
    progress: &mut dyn Progress,
) -> Result<Opened, Error> {
    let mut order = plan.in_file_order();
    let mut filling = Filling::of(plan, order.len(), limits)?;
    while !order.is_empty() {
        read_in_order(&order, threads, make, &mut filling, progress)?;
        order = filling.take_again();
    }
    let (volume, template, info) = filling.finish(name_of)?;
    Ok(Opened { volume, template, info })
}

fn read_in_order<'r>(
    order: &[usize],
    threads: usize,
    make: &(dyn Fn() -> Result<Box<dyn PlaneReader + 'r>, Error> + Sync),
    filling: &mut Filling<'_>,
    progress: &mut dyn Progress,
) -> Result<(), Error> {
    let threads = threads.min(order.len());
    if threads <= 1 {
        let mut reader = make()?;
        for k in order {
            checkpoint(progress, "reading", filling.fraction())?;
            filling.take((*k, reader.plane(*k)))?;
        }
        return Ok(());
    }
    let next = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        // A slow volume makes the threads wait, not the planes pile up.
        let (sender, receiver) = mpsc::sync_channel::<Outcome>(2 * threads);
        for _ in 0..threads {
            let sender = sender.clone();
            let next = &next;
            let worker = move || {
                let mut reader = make();
                loop {
                    let n = next.fetch_add(1, Ordering::Relaxed);
                    let Some(k) = order.get(n).copied() else { return };
                    let plane = match &mut reader {
                        Ok(reader) => reader.plane(k),
                        Err(error) => Err(error.clone()),
                    };
                    // Nobody listens any more after an error or a stop.
                    if sender.send((k, plane)).is_err() {
                        return;
                    }
                }
            };
            std::thread::Builder::new()
                .spawn_scoped(scope, worker)
                .map_err(|error| Error::Unreadable { reason: error.to_string() })?;
        }
        drop(sender);
        for outcome in receiver {
            filling.take(outcome)?;
            checkpoint(progress, "reading", filling.fraction())?;
        }
        Ok(())
    })
}

#[cfg(test)]
mod tests {
    use hounsfield::{
        HeldAs, Slice,
        facts::Stack,
        grid::{Affine, Grid},
        progress::Flow,
    };

    use super::*;
    use crate::{item::Place, plan::Plane};

    const RAS: Affine = [[1.0, 0.0, 0.0, 0.0], [0.0, 1.0, 0.0, 0.0], [0.0, 0.0, 2.0, 0.0]];

    /// Planes 2 × 1; plane k holds 10 k and 10 k + 1.
    struct Fake {
        broken: Vec<usize>,
        /// These have a half more.
        halves: Vec<usize>,
        last: Option<usize>,
    }

    impl PlaneReader for Fake {
        fn plane(&mut self, k: usize) -> Result<Option<Slice>, Error> {
            // Whoever reads alone is asked in order.
            assert!(self.last < Some(k));
            self.last = Some(k);
            if self.broken.contains(&k) {
                return Err(Error::Damaged { what: "a frame".into(), reason: "bits".into() });
            }
            let value = 10 * k as i16;
            if self.halves.contains(&k) {
                let value = f32::from(value) + 0.5;
                return Ok(Some(Slice::F32(vec![value, value + 1.0])));
            }
            Ok(Some(Slice::I16(vec![value, value + 1])))
        }
    }

    fn plan(planes: usize, reader: ReaderKind) -> Plan {
        let size = [2, 1, planes];
        let grid = Grid::new(size, RAS).unwrap();
        let mut info = Info::of_grid("DICOM", &grid, "RAS".into(), "int16", HeldAs::I16);
        info.facts.stack = Some(Stack { planes, found: planes, ..Stack::default() });
        let part = |k| Part { place: Place { file: k, entry: None }, frame: 0, weight: 1.0 };
        let planes = (0..planes).map(|k| Plane { parts: vec![part(k)], shift_px: [0.0; 2] });
        Plan {
            info,
            reader,
            header: None,
            file_size: size,
            ras_from_file: RAS,
            fill: -7,
            planes: planes.collect(),
            sequential: false,
            needs_codecs: false,
            labels: None,
            palette: Vec::new(),
        }
    }

    fn read(
        plan: &Plan,
        threads: usize,
        broken: &[usize],
        progress: &mut dyn Progress,
    ) -> Result<Opened, Error> {
        read_some_halves(plan, threads, [broken, &[]], progress)
    }

    fn read_some_halves(
        plan: &Plan,
        threads: usize,
        [broken, halves]: [&[usize]; 2],
        progress: &mut dyn Progress,
    ) -> Result<Opened, Error> {
        let make = || {
            let fake = Fake { broken: broken.to_vec(), halves: halves.to_vec(), last: None };
            Ok(Box::new(fake) as Box<dyn PlaneReader>)
        };
        let name = |part: &Part| format!("file {}", part.place.file);
        read_planes(plan, threads, &Limits::default(), &make, &name, progress)
    }

    #[test]
    fn threads_and_one_thread_give_the_same_volume() {
        let plan = plan(37, ReaderKind::Dicom);
        let expected: Vec<i16> = (0..37).flat_map(|k| [10 * k, 10 * k + 1]).collect();
        for threads in [1, 2, 5, 64] {
            let opened = read(&plan, threads, &[], &mut ()).unwrap();
            assert_eq!(*opened.volume.hu().unwrap(), expected);
            assert_eq!(opened.info, plan.info);
        }
    }

    #[test]
    fn a_broken_slice_is_left_out_and_named() {
        let plan = plan(9, ReaderKind::Dicom);
        for threads in [1, 3] {
            let opened = read(&plan, threads, &[3, 1], &mut ()).unwrap();
            let hu = opened.volume.hu().unwrap();
            assert_eq!(hu[..8], [0, 1, -7, -7, 20, 21, -7, -7]);
            let notes: Vec<_> = opened.info.notes.iter().map(|note| &*note.message).collect();
            assert_eq!(
                notes,
                [
                    "2 of 9 slices are broken and were left out: “file 1” (a frame cannot be decoded: \
                  bits), “file 3” (a frame cannot be decoded: bits)."
                ]
            );
            assert_eq!(opened.info.facts.stack.unwrap().broken, 2);
        }
    }

    #[test]
    fn slices_before_the_first_fraction_are_read_again() {
        let plan = plan(9, ReaderKind::Dicom);
        for threads in [1, 3] {
            let mut fractions = Vec::new();
            let mut note = |_: &'static str, fraction: f64| {
                fractions.push(fraction);
                Flow::Continue
            };
            let opened = read_some_halves(&plan, threads, [&[1], &[4, 6]], &mut note).unwrap();
            let hu = |k: usize| match k {
                1 => [-7.0; 2],
                4 | 6 => [10.0 * k as f32 + 0.5, 10.0 * k as f32 + 1.5],
                _ => [10.0 * k as f32, 10.0 * k as f32 + 1.0],
            };
            let expected: Vec<f32> = (0..9).flat_map(hu).collect();
            assert_eq!(*opened.volume.voxels(), hounsfield::Voxels::F32(expected));
            assert_eq!(opened.info.held_as, HeldAs::F32);
            assert_eq!(opened.info.facts.stack.unwrap().broken, 1);
            assert!(fractions.iter().all(|fraction| *fraction <= 1.0), "{fractions:?}");
        }
    }

    #[test]
    fn nothing_readable_is_an_error() {
        let broken: Vec<usize> = (0..9).collect();
        let mut gaps = plan(9, ReaderKind::Dicom);
        assert!(matches!(read(&gaps, 3, &broken, &mut ()), Err(Error::Damaged { .. })));
        // A plane without a slice is no plane that was read.
        gaps.planes[4].parts.clear();
        assert!(matches!(
            read(&gaps, 3, &[0, 1, 2, 3, 5, 6, 7, 8], &mut ()),
            Err(Error::Damaged { .. })
        ));
    }

    #[test]
    fn one_damaged_stream_is_an_error() {
        let mut one = plan(4, ReaderKind::Nrrd);
        for plane in &mut one.planes {
            plane.parts[0].place.file = 0;
        }
        assert!(matches!(read(&one, 2, &[2], &mut ()), Err(Error::Damaged { .. })));
        // A stack of pictures is as good as the pictures that are good.
        assert!(read(&plan(4, ReaderKind::Picture), 2, &[2], &mut ()).is_ok());
    }

    #[test]
    fn stops_on_request() {
        for threads in [1, 3] {
            let mut reports = 0;
            let mut stop = |_: &'static str, _: f64| {
                reports += 1;
                if reports == 3 { Flow::Stop } else { Flow::Continue }
            };
            let result = read(&plan(900, ReaderKind::Dicom), threads, &[], &mut stop);
            assert_eq!(result.unwrap_err(), Error::Stopped);
            assert_eq!(reports, 3);
        }
    }
}
