import { isGone } from './stops.js';

/** The part of a dedicated worker's global scope that is used; the page's types do not know it. */
interface WorkerScope<In, Out> {
  postMessage(message: Out, transfer: Transferable[]): void;
  onmessage: ((event: MessageEvent<In>) => void) | null;
}

/** The line from a browser's worker to the page. */
export function workerLine<In, Out>(): {
  post(message: Out, transfer?: Transferable[]): void;
  listen(handler: (message: In) => void): void;
  isGone: typeof isGone;
} {
  const scope = globalThis as unknown as WorkerScope<In, Out>;
  return {
    post: (message, transfer = []) => scope.postMessage(message, transfer),
    listen: (handler) => {
      scope.onmessage = (event) => handler(event.data);
    },
    isGone,
  };
}
