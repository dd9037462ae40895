/** What has left the device since the page was opened, as far as the browser tells. */
export interface Egress {
  /** Bytes of request bodies and messages that scripts of this page handed to the network. */
  readonly sentBytes: number;
  /** Files of the app itself, fetched from the site it came from. */
  readonly ownFiles: number;
  /** Origins other than our own that a request went to. */
  readonly elsewhere: readonly string[];
  /** What the content security policy stopped. */
  readonly blocked: readonly string[];
}

const seen = { sentBytes: 0, ownFiles: 0, elsewhere: new Set<string>(), blocked: [] as string[] };

function originOf(url: string): string {
  try {
    return new URL(url, location.href).origin;
  } catch {
    return url;
  }
}

function sizeOf(body: unknown): number {
  if (body === null || body === undefined) return 0;
  if (typeof body === 'string') return new TextEncoder().encode(body).byteLength;
  if (body instanceof Blob) return body.size;
  if (body instanceof ArrayBuffer || ArrayBuffer.isView(body)) return body.byteLength;
  if (body instanceof URLSearchParams) return sizeOf(body.toString());
  // Forms and streams hide their size; one byte is enough to turn the counter away from zero.
  return 1;
}

/**
 * Three independent witnesses: the browser's own list of requests, the violations it reports, and
 * every way for a script to send something, counted at the call. Calls `tell` on each change.
 */
export function watchEgress(tell: (egress: Egress) => void): void {
  const report = (): void =>
    tell({
      sentBytes: seen.sentBytes,
      ownFiles: seen.ownFiles,
      elsewhere: [...seen.elsewhere],
      blocked: [...seen.blocked],
    });
  const sent = (body: unknown): void => {
    seen.sentBytes += sizeOf(body);
    report();
  };
  watchRequests(report);
  watchViolations(report);
  countBodies(sent);
  report();
}

function watchRequests(report: () => void): void {
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) {
      if (entry.name.startsWith('blob:')) continue;
      const origin = originOf(entry.name);
      if (origin === location.origin) seen.ownFiles += 1;
      // The browser also lists what the policy stopped before it left.
      else if (!seen.blocked.some((url) => originOf(url) === origin)) seen.elsewhere.add(origin);
    }
    report();
  }).observe({ type: 'resource', buffered: true });
}

function watchViolations(report: () => void): void {
  document.addEventListener('securitypolicyviolation', (event) => {
    seen.blocked.push(event.blockedURI);
    seen.elsewhere.delete(originOf(event.blockedURI));
    report();
  });
}

function countBodies(sent: (body: unknown) => void): void {
  const fetchNow = window.fetch.bind(window);
  window.fetch = async (input, init) => {
    const body = init?.body ?? (input instanceof Request ? input.body : null);
    // Counted when it has gone through: what the policy refuses has not left.
    const response = await fetchNow(input, init);
    if (body) sent(body);
    return response;
  };
  const sendRequest = XMLHttpRequest.prototype.send;
  XMLHttpRequest.prototype.send = function (body) {
    if (body) this.addEventListener('load', () => sent(body));
    sendRequest.call(this, body);
  };
  const beacon = navigator.sendBeacon.bind(navigator);
  navigator.sendBeacon = (url, body) => {
    const queued = beacon(url, body);
    // A beacon to elsewhere is stopped by the policy after it was queued; one to our own site is not.
    if (queued && originOf(String(url)) === location.origin) sent(body);
    return queued;
  };
  const sendMessage = WebSocket.prototype.send;
  WebSocket.prototype.send = function (data) {
    sendMessage.call(this, data);
    sent(data);
  };
}
