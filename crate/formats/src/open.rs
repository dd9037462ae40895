//! Everything in one call, for the command and for tests: files in, a volume out.
