import { Secret } from '../../api/core/secret.ts'
import { isNotFound } from '../../api/errors.ts'
import type { VolumeFile } from '../runtime/runtime.ts'
import { selectFiles, type ContentContext, type KeySelection } from './volume-source.ts'

export interface SecretSource extends Omit<KeySelection, 'what'> {
  readonly name?: string
}

/** The files of a Secret; none when it is optional and absent. */
export async function secretFiles(source: SecretSource, { pod, objects }: ContentContext): Promise<VolumeFile[]> {
  try {
    const { data = {} } = await objects.get(Secret, { name: source.name ?? '', namespace: pod.metadata.namespace })
    const content = new Map(Object.entries(data).map(([key, base64]) => [key, Buffer.from(base64, 'base64')] as const))
    return selectFiles(content, { ...source, what: 'secret' })
  } catch (error) {
    if (isNotFound(error) && source.optional) return []
    throw isNotFound(error) ? new Error(`secret "${source.name ?? ''}" not found`, { cause: error }) : error
  }
}
