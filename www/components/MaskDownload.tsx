import { ChevronDown, Download } from 'lucide-react';
import { DropdownMenu } from 'radix-ui';

import { downloadDicomSeg, downloadMask, downloadNrrd } from '../actions/mask-file.js';
import { bytes } from '../lib/format.js';
import { useSession } from '../session.js';
import { Button } from './ui/Button.js';

interface MaskDownloadProps {
  /** The size of the NIfTI file, once it has been encoded. */
  readonly fileBytes: number | null;
  readonly isEnabled: boolean;
}

/** The mask as a file: NIfTI at once, other formats behind the arrow. */
export function MaskDownload({ fileBytes, isEnabled }: MaskDownloadProps) {
  const isDicom = useSession((s) => s.scan?.info.format.startsWith('DICOM') ?? false);
  return (
    <div className="mt-3 flex gap-px">
      <Button
        look="primary"
        icon={Download}
        className="h-10 flex-1 rounded-r-none"
        disabled={!isEnabled}
        onClick={() => void downloadMask()}
      >
        Download mask (.nii.gz{fileBytes === null ? '' : `, ${bytes(fileBytes)}`})
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
              onSelect={downloadMask}
            />
            <Format
              name="Segmentation for 3D Slicer (.seg.nrrd)"
              about="With name, colour and SNOMED code of the bone."
              onSelect={downloadNrrd}
            />
            {isDicom && (
              <Format
                name="DICOM segmentation (.dcm)"
                about="Refers to the source series and contains the patient’s identification from it."
                onSelect={downloadDicomSeg}
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
  readonly onSelect: () => Promise<void>;
}

function Format({ name, about, onSelect }: FormatProps) {
  return (
    <DropdownMenu.Item
      onSelect={() => void onSelect()}
      className="cursor-pointer rounded-md px-3 py-2 outline-none data-[highlighted]:bg-hover"
    >
      <span className="block font-medium">{name}</span>
      <span className="block text-xs text-ink-2">{about}</span>
    </DropdownMenu.Item>
  );
}
