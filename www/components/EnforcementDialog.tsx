import { count, number } from '../lib/format.js';
import { useSession } from '../session.js';
import { Dialog } from './ui/Dialog.js';

/** What the browser has seen leave, and why nothing else can. */
export function EnforcementDialog() {
  const { sentBytes, ownFiles, elsewhere, blocked } = useSession((s) => s.egress);
  const facts: readonly (readonly [string, string])[] = [
    ['Sent by this page', count(sentBytes, 'byte', 'bytes')],
    ['Requests to other sites', number(elsewhere.length)],
    ['Attempts the browser blocked', number(blocked.length)],
    ['Files of the app itself that were loaded', number(ownFiles)],
  ];
  return (
    <Dialog id="enforcement" title="Your scan stays on this device">
      <dl className="mb-4 grid grid-cols-[1fr_auto] gap-x-4 gap-y-1 rounded-md border border-line bg-raised p-3">
        {facts.map(([what, value]) => (
          <div key={what} className="contents">
            <dt className="text-ink-2">{what}</dt>
            <dd className="text-right">{value}</dd>
          </div>
        ))}
      </dl>
      <div className="space-y-3">
        <p>
          <strong className="font-semibold">The browser enforces it.</strong> This page carries a
          content security policy that forbids it, and the workers that hold your scan, to connect
          to any site but the one it was loaded from. Scripts, images, forms and beacons to anywhere
          else are refused, and each refusal of this page is counted above.
        </p>
        <p>
          <strong className="font-semibold">There is nothing to upload to.</strong> Files are read
          by a worker inside this tab. Segmentation, measures, pictures and downloads are made there
          too. No account, no analytics, no fonts or code from elsewhere. When you choose a folder,
          your browser may ask whether to “upload” it: that is its word for letting this page read
          the files.
        </p>
        <p>
          <strong className="font-semibold">Check it yourself.</strong> Switch the network off once
          your scan is open and go on working, or watch the network tab of your browser’s developer
          tools. The numbers above come from the browser’s own list of requests and from counting
          every call with which this page could send something.
        </p>
      </div>
      {elsewhere.length > 0 && <p className="mt-3 text-bad">Contacted: {elsewhere.join(', ')}</p>}
    </Dialog>
  );
}
