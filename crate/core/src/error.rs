//! The one error type. Every variant carries the value that is wrong; the sentence says what to do.

/// Everything that can go wrong in this crate.
///
/// [`Error::code`] is stable and meant for programs; [`Display`](std::fmt::Display) is one
/// sentence meant for people.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The first bytes are not those of any format we read.
    #[error("this is not a NIfTI file: {found}")]
    NotNifti {
        /// What the bytes look like instead.
        found: String,
    },
    /// The bytes are of no format that holds a scan.
    #[error("there is no scan in this: {found}")]
    NotAScan {
        /// What it looks like instead.
        found: String,
    },
    /// A part of a file cannot be decoded.
    #[error("{what} cannot be decoded: {reason}")]
    Damaged {
        /// Which part.
        what: String,
        /// The decoder's own words.
        reason: String,
    },
    /// A header field has a value no scan can have.
    #[error("the header's {field} is {value}, but {expected}")]
    BadHeader {
        /// The field, under the standard's name.
        field: &'static str,
        /// The value found.
        value: String,
        /// What would be accepted, as the second half of the sentence.
        expected: &'static str,
    },
    /// A header is readable, but asks for something we do not do.
    #[error("{what} is not supported: {hint}")]
    Unsupported {
        /// What the file asks for, with its value.
        what: String,
        /// What the person can do instead.
        hint: &'static str,
    },
    /// The header of a pair came without its voxels.
    #[error(
        "this is the header of a pair of files ({format}): the .img with its voxels is missing; open both together"
    )]
    MissingImage {
        /// "NIfTI-1", "Analyze 7.5", ….
        format: &'static str,
    },
    /// The file ends before the voxels its header promises.
    #[error(
        "the file ends after {found_bytes} bytes of voxels, but its header promises {needed_bytes}: it is truncated, or the header is wrong"
    )]
    Truncated {
        /// Bytes of voxel data the header promises.
        needed_bytes: u64,
        /// Bytes of voxel data found.
        found_bytes: u64,
    },
    /// Reading failed below us (a damaged gzip stream, a file that vanished).
    #[error("the file cannot be read: {reason}")]
    Unreadable {
        /// The reader's own words.
        reason: String,
    },
    /// Writing failed below us (a full disk, a closed pipe).
    #[error("the file cannot be written: {reason}")]
    Unwritable {
        /// The writer's own words.
        reason: String,
    },
    /// The grid cannot describe a scan (singular or non-finite affine, a size of 0).
    #[error("the grid's {what} is {value}, but {expected}")]
    BadGrid {
        /// Which property.
        what: &'static str,
        /// The value found.
        value: String,
        /// What would be accepted.
        expected: &'static str,
    },
    /// Worked out before any voxel is read: this cannot fit.
    #[error("this needs {} MB of memory, but {} MB is the limit here{}", .needed_bytes.div_ceil(1_000_000), .limit_bytes / 1_000_000, hint_of(.hint))]
    TooLarge {
        /// Bytes needed.
        needed_bytes: u64,
        /// Bytes that may be used.
        limit_bytes: u64,
        /// What the person can do, or empty.
        hint: &'static str,
    },
    /// The allocator said no.
    #[error("out of memory: {bytes} more bytes were needed for {purpose}")]
    OutOfMemory {
        /// Bytes asked for.
        bytes: u64,
        /// What they were for.
        purpose: &'static str,
    },
    /// Two things that must lie on the same grid do not.
    #[error(
        "{what} has {found:?} voxels, but {expected:?} were expected: both must lie on the same grid"
    )]
    SizeMismatch {
        /// Which thing is off.
        what: &'static str,
        /// Its size, x y z.
        found: [usize; 3],
        /// The size it should have.
        expected: [usize; 3],
    },
    /// A parameter outside its range.
    #[error("{name} is {value}, but {expected}")]
    BadParameter {
        /// The parameter's name as the caller wrote it.
        name: &'static str,
        /// The value given.
        value: String,
        /// What would be accepted.
        expected: &'static str,
    },
    /// The caller's [`Progress`](crate::Progress) asked to stop.
    #[error("stopped on request")]
    Stopped,
}

fn hint_of(hint: &str) -> String {
    if hint.is_empty() { String::new() } else { format!("; {hint}") }
}

impl Error {
    /// A stable word for programs: `"not_nifti"`, `"too_large"`, ….
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotNifti { .. } => "not_nifti",
            Self::NotAScan { .. } => "not_a_scan",
            Self::Damaged { .. } => "damaged",
            Self::BadHeader { .. } => "bad_header",
            Self::Unsupported { .. } => "unsupported",
            Self::MissingImage { .. } => "missing_image",
            Self::Truncated { .. } => "truncated",
            Self::Unreadable { .. } => "unreadable",
            Self::Unwritable { .. } => "unwritable",
            Self::BadGrid { .. } => "bad_grid",
            Self::TooLarge { .. } => "too_large",
            Self::OutOfMemory { .. } => "out_of_memory",
            Self::SizeMismatch { .. } => "size_mismatch",
            Self::BadParameter { .. } => "bad_parameter",
            Self::Stopped => "stopped",
        }
    }
}

/// A vector of `len` clones of `value`, or [`Error::OutOfMemory`] instead of an abort.
///
/// Anything whose size a file decides is allocated through here.
///
/// # Errors
/// [`Error::OutOfMemory`] when the allocator refuses.
pub fn try_vec<T: Clone>(value: T, len: usize, purpose: &'static str) -> Result<Vec<T>, Error> {
    let mut vec = try_with_capacity(len, purpose)?;
    vec.resize(len, value);
    Ok(vec)
}

/// An empty vector with room for `len`, or [`Error::OutOfMemory`].
///
/// # Errors
/// [`Error::OutOfMemory`] when the allocator refuses.
pub fn try_with_capacity<T>(len: usize, purpose: &'static str) -> Result<Vec<T>, Error> {
    let mut vec = Vec::new();
    vec.try_reserve_exact(len).map_err(|_| Error::OutOfMemory {
        bytes: (len as u64).saturating_mul(size_of::<T>() as u64),
        purpose,
    })?;
    Ok(vec)
}
