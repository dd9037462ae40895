//! CT volumes in, bit masks and numbers out.
//!
//! ```text
//! bytes ──nifti──▶ Volume ──threshold, curve, bones──▶ Mask ──▶ nifti, measures
//! ```
//!
//! One way only: a module uses what stands before it in this list, never what comes after.
//! Voxels are always in *closest-RAS order*: x runs to the patient's right-to-left axis nearest
//! Right, y nearest Anterior, z nearest Superior, x fastest in memory. A file in another order is
//! turned at the door ([`nifti`]) and turned back when a mask is written.

// What everything leans on.
pub mod error;
pub mod facts;
pub mod grid;
pub mod info;
pub mod neighbourhood;
pub mod note;
mod order;
mod par;
pub mod progress;
pub mod volume;

// bytes → Volume, and a volume without a file.
pub mod assembly;
pub mod nifti;
pub mod phantom;

// Volume → Mask, numbers and verdicts.
pub mod bones;
pub mod check;
pub mod components;
pub mod curve;
pub mod histogram;
pub mod labels;
pub mod lungs;
pub mod mask;
pub mod measure;
pub mod morphology;
pub mod prepare;
pub mod recipe;
pub mod surface;
mod tally;
pub mod threshold;

pub use assembly::{Assembly, Slice};
pub use error::Error;
pub use facts::Facts;
pub use grid::Grid;
pub use info::{HeldAs, Info};
pub use mask::Mask;
pub use neighbourhood::Neighbourhood;
pub use note::Note;
pub use progress::{Flow, Progress};
pub use volume::{Volume, Voxels};
