import type { ProjectedVolumeSource, VolumeProjection } from '../../api/core/volume.ts'
import { messageOf } from '../../common/error-message.ts'
import type { VolumeFile } from '../runtime/runtime.ts'
import { configMapFiles } from './config-map.ts'
import { downwardFiles } from './downward-api.ts'
import { secretFiles } from './secret.ts'
import { fileMode, type ContentContext } from './volume-source.ts'

async function filesOf(source: VolumeProjection, defaultMode: number | undefined, context: ContentContext): Promise<VolumeFile[]> {
  if (source.configMap) return await configMapFiles({ ...source.configMap, defaultMode }, context)
  if (source.secret) return await secretFiles({ ...source.secret, defaultMode }, context)
  if (source.downwardAPI) return downwardFiles(source.downwardAPI.items ?? [], defaultMode, context)
  if (source.serviceAccountToken) {
    const token = await context.tokens.get(context.pod, source.serviceAccountToken)
    return [
      { path: source.serviceAccountToken.path, content: Buffer.from(token), ...tokenOwner(context, fileMode(undefined, defaultMode)) },
    ]
  }
  const type = Object.keys(source)[0] ?? 'an empty source'
  throw new Error(`projected volumes of ${type} are not supported by this node`)
}

/** A token is for its owner alone when all containers run as one user, or when a group is to share it. */
function tokenOwner({ pod: { spec } }: ContentContext, mode: number): { mode: number; uid?: number } {
  const users = new Set(
    [...(spec.initContainers ?? []), ...spec.containers].map(c => c.securityContext?.runAsUser ?? spec.securityContext?.runAsUser),
  )
  const [uid] = users
  if (spec.securityContext?.fsGroup !== undefined) return { mode: 0o600 }
  return users.size === 1 && uid !== undefined ? { mode: 0o600, uid } : { mode }
}

/** Several errors as one, as upstream words it; what is only not known yet is no error besides others. */
function aggregated(failures: readonly unknown[]): unknown {
  const [only, ...more] = [...new Map(failures.map(failure => [messageOf(failure), failure])).values()]
  return more.length === 0 ? only : new AggregateError(failures, `[${[only, ...more].map(messageOf).join(', ')}]`)
}

/** The files of all sources in one directory; a later source wins over an earlier one. Optional sources may be absent. */
export async function projectedFiles({ sources = [], defaultMode }: ProjectedVolumeSource, context: ContentContext): Promise<VolumeFile[]> {
  const results = await Promise.allSettled(sources.map(source => filesOf(source, defaultMode, context)))
  const failures = results.flatMap(result => (result.status === 'rejected' ? [result.reason as unknown] : []))
  if (failures.length > 0) throw aggregated(failures)
  const files = results.flatMap(result => (result.status === 'fulfilled' ? result.value : []))
  return [...new Map(files.map(file => [file.path, file])).values()]
}
