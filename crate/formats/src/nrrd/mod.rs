//! NRRD in, attached (`.nrrd`) and detached (`.nhdr` with its data), and segmentations out.
//!
//! By the definition at <https://teem.sourceforge.net/nrrd/format.html>. No kept crate reads it.
//!
//! - **Encodings**: raw, gzip and text. bzip2 and hex are refused.
//! - **Axes**: three that lie in space; numbers of a voxel before them and volumes behind them are
//!   passed over but for the first.
//! - **Where it lies**: `space` with `space directions` and `space origin`, in millimetres. Without a
//!   space the axes are taken for Left, Posterior, Superior, as ITK does, and that is said.

mod fields;
mod header;
mod names;
mod place;
mod write;

pub(crate) use header::{numbered, parse};
pub use names::label_names;
pub use write::SegNrrdWriter;
