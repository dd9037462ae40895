import { isElsewhere, isStale, removeSurface, setSurface } from '../actions/surfaces.js';
import { count, millilitres, number, sentence } from '../lib/format.js';
import { squareMillimetres } from '../lib/surface.js';
import { useSession } from '../session.js';
import type { SurfaceItem } from '../session.js';
import { AddSurface } from './AddSurface.js';
import { CheckBadge } from './CheckBadge.js';
import { CopyButton } from './ui/Copy.js';
import { Disclosure } from './ui/Disclosure.js';
import { Facts } from './ui/Facts.js';
import { Look } from './ui/Look.js';
import { Warning } from './ui/Notice.js';
import { Section } from './ui/Section.js';

/** Every surface there is: how it looks, its numbers, and what they are worth. */
export function SurfaceList() {
  const surfaces = useSession((s) => s.surfaces);
  return (
    <Section title="Surfaces" aside={<AddSurface />}>
      {surfaces.length === 0 ? (
        <p className="text-ink-2">
          Surfaces appear here once they are made. A file (STL, OBJ, PLY, GLB, 3MF) can be dropped,
          too.
        </p>
      ) : (
        <>
          <CheckBadge className="mb-2" />
          <ul className="space-y-4">
            {surfaces.map((item) => (
              <Row key={item.id} item={item} />
            ))}
          </ul>
          <p className="mt-2 text-xs text-ink-3">Research use only, not a medical device.</p>
        </>
      )}
    </Section>
  );
}

function Row({ item }: { readonly item: SurfaceItem }) {
  const { id, name, colour, opacity, visible, info } = item;
  const target = item.source?.options.targetTriangles ?? Infinity;
  const isTorn = info.triangles > target;
  const stale = useSession((s) => isStale(s, item));
  const elsewhere = useSession((s) => isElsewhere(s, item));
  return (
    <li>
      <Look
        name={name}
        colour={colour}
        opacity={opacity}
        visible={visible}
        onChange={(change) => setSurface(id, change)}
        onShow={(next) => setSurface(id, { visible: next })}
        onRemove={() => removeSurface(id)}
      />
      <Facts
        rows={[
          ['Volume', info.volumeMl === null ? 'none, it is open' : millilitres(info.volumeMl)],
          ['Area', squareMillimetres(info.areaMm2)],
          ['Triangles', number(info.triangles)],
          ...(info.deviationMm === undefined
            ? []
            : [['Moved by at most', `${number(info.deviationMm, 2)} mm`] as const]),
        ]}
      />
      {(stale || elsewhere || isTorn) && (
        <div className="mt-2 space-y-2">
          {isTorn && (
            <Warning>
              {number(target)} triangles were asked for. With fewer than there are here it would
              tear.
            </Warning>
          )}
          {stale && <Warning>The mask has changed since this surface was made of it.</Warning>}
          {elsewhere && (
            <Warning>
              It lies beside the scan: its numbers may be in another unit or another frame than RAS
              millimetres.
            </Warning>
          )}
        </div>
      )}
      <Details item={item} />
    </li>
  );
}

function Details({ item: { info, source } }: { readonly item: SurfaceItem }) {
  const { min, max } = info.boundsRasMm;
  const along = (axis: 0 | 1 | 2): string => number(max[axis] - min[axis], 1);
  const json = (): string => JSON.stringify({ options: source?.options ?? null, info }, null, 2);
  return (
    <Disclosure title="Numbers and assumptions">
      <Facts
        rows={[
          ['Size, mm', `${along(0)} × ${along(1)} × ${along(2)}`],
          ['Parts', number(info.parts)],
          ['Vertices', number(info.vertices)],
          ['Closed', info.isClosed ? 'yes' : 'no'],
        ]}
      />
      <ul className="mt-2 space-y-1 text-ink-2">
        {remarks(source, info.triangles).map((text) => (
          <li key={text}>{text}</li>
        ))}
        {info.notes.map((note) => (
          <li key={note}>{sentence(note)}</li>
        ))}
      </ul>
      <div className="mt-1 -ml-3">
        <CopyButton name="Copy as JSON" text={json} />
      </div>
    </Disclosure>
  );
}

/** How it was made, a sentence each. */
function remarks(source: SurfaceItem['source'], triangles: number): readonly string[] {
  if (!source) {
    return ['It came from a file, and is taken to be in RAS millimetres, the frame of the scan.'];
  }
  const { options } = source;
  const passes = options.smoothing ?? 0;
  const said = [
    options.levelHu === undefined
      ? options.smoothByHu
        ? 'Marching cubes on the mask; vertices were moved to where HU is half-way, where the scan shows the boundary.'
        : 'Marching cubes on the mask, half-way between voxels.'
      : `Marching cubes on the scan at ${number(options.levelHu)}, linear between voxels.`,
    passes > 0
      ? `Smoothed by ${count(passes, 'pass', 'passes')}, which moves details of less than a few voxels.`
      : '',
    options.capBorder
      ? 'Closed where it meets the border of the scan: there it ends with the scan, and not with the body.'
      : '',
    options.keepLargest ? 'Only the largest part was kept.' : '',
    options.targetTriangles === undefined && options.toleranceMm === undefined
      ? ''
      : `Reduced to ${count(triangles, 'triangle', 'triangles')} by quadric error.`,
  ];
  return said.filter((text) => text !== '');
}
