//! One file → what is in it, from its header alone.
