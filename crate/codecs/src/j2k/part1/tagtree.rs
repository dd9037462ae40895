//! Tag trees (15444-1 B.10.2): a number for each code block, of which packet headers tell more and
//! more.

use crate::CodecError;
use crate::frame::zeros;

/// A number is at least `least`; if `known`, it is that.
#[derive(Debug, Clone, Copy, Default)]
struct Node {
    least: u32,
    known: bool,
}

#[derive(Debug)]
pub(crate) struct TagTree {
    width: usize,
    height: usize,
    /// The leaves row by row, then the nodes above them, up to the root.
    nodes: Vec<Node>,
}

impl TagTree {
    pub(crate) fn new(width: usize, height: usize) -> Result<Self, CodecError> {
        let mut count = 0;
        levels(width, height, |width, height| count += width * height);
        Ok(Self { width, height, nodes: zeros(count)? })
    }

    /// Reads on until it is clear whether the leaf's number is below `limit`. Returns it if it is.
    pub(crate) fn below(
        &mut self,
        x: usize,
        y: usize,
        limit: u32,
        mut bit: impl FnMut() -> bool,
    ) -> Option<u32> {
        // Where the nodes from the leaf up to the root are.
        let mut path = [0_usize; 32];
        let (mut depth, mut offset) = (0, 0);
        levels(self.width, self.height, |width, height| {
            if let Some(place) = path.get_mut(depth) {
                *place = offset + (y >> depth) * width + (x >> depth);
                depth += 1;
            }
            offset += width * height;
        });
        let mut least = 0;
        let mut known = false;
        for &at in path.iter().take(depth).rev() {
            let node = self.nodes.get_mut(at)?;
            node.least = node.least.max(least);
            while !node.known && node.least < limit {
                if bit() {
                    node.known = true;
                } else {
                    node.least += 1;
                }
            }
            (least, known) = (node.least, node.known);
        }
        (known && least < limit).then_some(least)
    }
}

/// The sizes of the levels, from the leaves up to the root.
fn levels(mut width: usize, mut height: usize, mut each: impl FnMut(usize, usize)) {
    loop {
        each(width, height);
        if width <= 1 && height <= 1 {
            return;
        }
        (width, height) = (width.div_ceil(2), height.div_ceil(2));
    }
}
