import { ConfigMap } from '../../api/core/config-map.ts'
import { isNotFound } from '../../api/errors.ts'
import type { VolumeFile } from '../runtime/runtime.ts'
import { selectFiles, type ContentContext, type KeySelection } from './volume-source.ts'

export interface ConfigMapSource extends Omit<KeySelection, 'what'> {
  readonly name?: string
}

/** The files of a ConfigMap; none when it is optional and absent. */
export async function configMapFiles(source: ConfigMapSource, { pod, objects }: ContentContext): Promise<VolumeFile[]> {
  try {
    const { data = {}, binaryData = {} } = await objects.get(ConfigMap, { name: source.name ?? '', namespace: pod.metadata.namespace })
    const content = new Map([
      ...Object.entries(data).map(([key, text]) => [key, Buffer.from(text, 'utf8')] as const),
      ...Object.entries(binaryData).map(([key, base64]) => [key, Buffer.from(base64, 'base64')] as const),
    ])
    return selectFiles(content, { ...source, what: 'configmap' })
  } catch (error) {
    if (isNotFound(error) && source.optional) return []
    throw isNotFound(error) ? new Error(`configmap "${source.name ?? ''}" not found`, { cause: error }) : error
  }
}
