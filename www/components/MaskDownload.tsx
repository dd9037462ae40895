import { ChevronDown, Download } from 'lucide-react';
import { DropdownMenu } from 'radix-ui';

import { resultFiles } from '../actions/result-file.js';
import type { FileFormat } from '../actions/result-file.js';
import { bytes } from '../lib/format.js';
import { useSession } from '../session.js';
import { Button } from './ui/Button.js';

interface MaskDownloadProps {
  readonly task: keyof typeof resultFiles;
  /** What is saved: "mask". */
  readonly name: string;
  /** What a segmentation file has beside the voxels. */
  readonly about: string;
  /** The size of the NIfTI file, once it has been encoded. */
  readonly fileBytes: number | null;
  readonly isEnabled: boolean;
}

/** A result as a file: NIfTI at once, other formats behind the arrow. */
export function MaskDownload({ task, name, about, fileBytes, isEnabled }: MaskDownloadProps) {
  const isDicom = useSession((s) => s.scan?.info.format.startsWith('DICOM') ?? false);
  const save = (format: FileFormat): void => void resultFiles[task].download(format);
  return (
    <div className="@container mt-3 flex gap-px">
      <Button
        look="primary"
        icon={Download}
        className="h-10 flex-1 rounded-r-none whitespace-nowrap"
        disabled={!isEnabled}
        onClick={() => save('toNifti')}
      >
        <span>
          Download {name} (
          {/* Where there is no room, the size is what cannot be found elsewhere. */}
          <span className={fileBytes === null ? '' : 'hidden @min-[19rem]:inline'}>
            .nii.gz{fileBytes !== null && ', '}
          </span>
          {fileBytes !== null && bytes(fileBytes)})
        </span>
      </Button>
      <DropdownMenu.Root modal={false}>
        <DropdownMenu.Trigger asChild>
          <Button
            look="primary"
            aria-label="Other formats"
            title="Other formats"
            icon={ChevronDown}
            className="h-10 rounded-l-none px-2"
            disabled={!isEnabled}
          />
        </DropdownMenu.Trigger>
        <DropdownMenu.Portal>
          <DropdownMenu.Content
            align="end"
            sideOffset={6}
            collisionPadding={8}
            className="z-40 w-[min(20rem,calc(100vw-1rem))] rounded-lg border border-line bg-panel p-1 shadow-xl shadow-black/30"
          >
            <Format
              name="NIfTI (.nii.gz)"
              about="On the scan’s own grid."
              onSelect={() => save('toNifti')}
            />
            <Format
              name="Segmentation for 3D Slicer (.seg.nrrd)"
              about={about}
              onSelect={() => save('toNrrd')}
            />
            {isDicom && (
              <Format
                name="DICOM segmentation (.dcm)"
                about="Refers to the source series and contains the patient’s identification from it."
                onSelect={() => save('toDicomSeg')}
              />
            )}
          </DropdownMenu.Content>
        </DropdownMenu.Portal>
      </DropdownMenu.Root>
    </div>
  );
}

interface FormatProps {
  readonly name: string;
  readonly about: string;
  readonly onSelect: () => void;
}

function Format({ name, about, onSelect }: FormatProps) {
  return (
    <DropdownMenu.Item
      onSelect={onSelect}
      className="cursor-pointer rounded-md px-3 py-2 outline-none data-[highlighted]:bg-hover"
    >
      <span className="block font-medium">{name}</span>
      <span className="block text-xs text-ink-2">{about}</span>
    </DropdownMenu.Item>
  );
}
