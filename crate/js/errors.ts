/**
 * Codes a program may look at. Those of the core: `not_nifti`, `missing_image`, `bad_header`,
 * `unsupported`, `truncated`, `unreadable`, `bad_grid`, `too_large`, `out_of_memory`,
 * `size_mismatch`, `bad_parameter`, `stopped`. Those of the engine: `engine_lost` (trap or out of
 * memory: make a new engine), `engine_failed` (it could not be started), `disposed`.
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

/**
 * The data of an error that the core threw on purpose; `null` for anything else, which is a trap
 * after which the instance must not be used.
 */
export function dataOfError(error: unknown): ErrorData | null {
  if (!(error instanceof Error) || error.name !== 'HounsfieldError') return null;
  if (!('code' in error) || typeof error.code !== 'string') return null;
  return { code: error.code, message: error.message };
}

/** What any thrown value says. */
export function wordsOf(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}
