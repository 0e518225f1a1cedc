import { ConfigMap } from '../../api/core/config-map.ts'
import type { Container } from '../../api/core/container.ts'
import type { EnvFromSource, EnvVarSource, FileKeySelector } from '../../api/core/environment.ts'
import type { Pod } from '../../api/core/pod.ts'
import { Secret } from '../../api/core/secret.ts'
import { isNotFound } from '../../api/errors.ts'
import { fieldValue, needsPodIp, resourceValue, type Surroundings } from '../volumes/downward-field.ts'
import type { Objects } from '../volumes/object-reader.ts'
import { valueInFile } from './environment-file.ts'
import { expand } from '../../common/expansion.ts'

export interface EnvironmentContext extends Surroundings {
  readonly pod: Pod
  readonly container: Container
  readonly objects: Objects
  readonly services: ReadonlyMap<string, string>
  /** A file of one of the pod's volumes. */
  readonly readFile: (volume: string, path: string) => Promise<Buffer | undefined>
}

/** True when the container cannot be created before the pod has its address. */
export const environmentNeedsPodIp = (container: Container): boolean =>
  (container.env ?? []).some(({ valueFrom }) => needsPodIp(valueFrom?.fieldRef?.fieldPath))

interface Reference {
  readonly kind: 'configmap' | 'secret'
  readonly name: string
  readonly optional: boolean
}

/** The data of a ConfigMap or Secret as text; undefined when it is optional and absent. */
async function dataOf(
  { kind, name, optional }: Reference,
  { pod, objects }: EnvironmentContext,
): Promise<Record<string, string> | undefined> {
  const key = { name, namespace: pod.metadata.namespace }
  try {
    if (kind === 'configmap') return (await objects.get(ConfigMap, key)).data ?? {}
    const { data = {} } = await objects.get(Secret, key)
    return Object.fromEntries(Object.entries(data).map(([key, base64]) => [key, Buffer.from(base64, 'base64').toString('utf8')]))
  } catch (error) {
    if (!isNotFound(error)) throw error
    if (optional) return undefined
    throw new Error(`${kind} "${name}" not found`, { cause: error })
  }
}

/** Since names may be anything without `=` in it, every key is one. */
async function fromSource(
  { prefix = '', configMapRef, secretRef }: EnvFromSource,
  context: EnvironmentContext,
): Promise<[string, string][]> {
  const ref = configMapRef ?? secretRef
  if (!ref) return []
  const kind = configMapRef ? 'configmap' : 'secret'
  const name = ref.name ?? ''
  const data = await dataOf({ kind, name, optional: ref.optional ?? false }, context)
  return Object.entries(data ?? {}).map(([key, value]): [string, string] => [`${prefix}${key}`, value])
}

/** The value in an environment file on a volume; undefined when it is optional and the file has none. */
async function fromFile(
  { volumeName, path, key, optional }: FileKeySelector,
  { readFile }: EnvironmentContext,
): Promise<string | undefined> {
  const value = valueInFile(await readFile(volumeName, path), key)
  if (value) return value
  if (optional) return undefined
  throw new Error(`environment variable key "${key}" not found in file "${path}"`)
}

/** The value of `valueFrom`; undefined when it is optional and absent. */
async function fromReference(source: EnvVarSource, context: EnvironmentContext): Promise<string | undefined> {
  const { pod, container } = context
  if (source.fieldRef) return fieldValue(pod, source.fieldRef.fieldPath, context)
  if (source.resourceFieldRef) return resourceValue(pod, source.resourceFieldRef, { own: container, allocatable: context.allocatable })
  if (source.fileKeyRef) return await fromFile(source.fileKeyRef, context)
  const ref = source.configMapKeyRef ?? source.secretKeyRef
  if (!ref) throw new Error(`environment variables from ${Object.keys(source).join(', ')} are not supported by this node`)
  const kind = source.configMapKeyRef ? 'configmap' : 'secret'
  const data = await dataOf({ kind, name: ref.name ?? '', optional: ref.optional ?? false }, context)
  const value = data?.[ref.key]
  if (value !== undefined || ref.optional) return value
  const title = kind === 'configmap' ? 'ConfigMap' : 'Secret'
  throw new Error(`couldn't find key ${ref.key} in ${title} ${pod.metadata.namespace ?? ''}/${ref.name ?? ''}`)
}

/**
 * The variables of a container, in upstream's precedence: its own entries over envFrom over services; later over earlier.
 * An entry may refer to those before it with `$(NAME)`. Throws when something it needs does not exist.
 */
export async function environment(context: EnvironmentContext): Promise<Map<string, string>> {
  const { container, services } = context
  const own = new Map((await Promise.all((container.envFrom ?? []).map(source => fromSource(source, context)))).flat())
  const references = await Promise.all((container.env ?? []).map(({ valueFrom }) => valueFrom && fromReference(valueFrom, context)))
  const lookUp = (name: string) => own.get(name) ?? services.get(name)
  for (const [index, { name, value, valueFrom }] of (container.env ?? []).entries()) {
    const resolved = valueFrom ? references[index] : expand(value ?? '', lookUp)
    if (resolved !== undefined) own.set(name, resolved)
  }
  return new Map([...own, ...[...services].filter(([name]) => !own.has(name))])
}
