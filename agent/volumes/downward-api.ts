import type { DownwardAPIVolumeFile } from '../../api/core/volume.ts'
import type { VolumeFile } from '../runtime/runtime.ts'
import { fieldValue, resourceValue } from './downward-field.ts'
import { fileMode, type ContentContext } from './volume-source.ts'

/** The files of a downwardAPI volume or projection. */
export const downwardFiles = (
  items: readonly DownwardAPIVolumeFile[],
  defaultMode: number | undefined,
  context: ContentContext,
): VolumeFile[] =>
  items.map(({ path, fieldRef, resourceFieldRef, mode }) => {
    const text = fieldRef
      ? fieldValue(context.pod, fieldRef.fieldPath, context)
      : resourceFieldRef
        ? resourceValue(context.pod, resourceFieldRef, context)
        : ''
    return { path, content: Buffer.from(text, 'utf8'), mode: fileMode(mode, defaultMode) }
  })
