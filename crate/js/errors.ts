/**
 * Codes a program may look at. Those of the core: `not_nifti`, `missing_image`, `bad_header`,
 * `unsupported`, `truncated`, `unreadable`, `unwritable`, `bad_grid`, `too_large`, `out_of_memory`,
 * `size_mismatch`, `bad_parameter`, `stopped`. Those of the engine: `engine_lost` (trap or out of
 * memory: make a new engine), `engine_failed` (it could not be started), `disposed`, and `failed`
 * for what should not happen.
 */
export type ErrorCode = string;

/** Every error of the engine: a stable `code`, and a sentence that says what to do. */
export class HounsfieldError extends Error {
  override readonly name = 'HounsfieldError';
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** An error as data: errors themselves lose their fields between threads. */
export interface ErrorData {
  readonly code: ErrorCode;
  readonly message: string;
}

/** An error as data. What has no code of ours is a slip of the caller or of this package. */
export function dataOfError(error: unknown): ErrorData {
  if (error instanceof Error && 'code' in error && typeof error.code === 'string') {
    return { code: error.code, message: error.message };
  }
  return { code: 'failed', message: wordsOf(error) };
}

/**
 * Is the instance beyond use? After a trap it is: Rust was stopped half-way. A stack or memory that
 * ran out shows as `RangeError`, in Firefox as `InternalError`.
 */
export function isLoss(error: unknown): boolean {
  if (error instanceof WebAssembly.RuntimeError || error instanceof RangeError) return true;
  return error instanceof Error && error.name === 'InternalError';
}

/** What any thrown value says. */
export function wordsOf(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}
