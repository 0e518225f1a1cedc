import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, it } from '@jest/globals'
import { parseAllDocuments } from 'yaml'
import { applyPodSpecDefaults } from './pod-defaults.ts'
import { Pod } from './pod.ts'
import { PodTemplateSpec, type PodSpec } from './pod-spec.ts'
import { validatePodTemplateSpec } from './pod-spec-validation.ts'
import { validateObjectMeta } from '../object-meta-validation.ts'
import { decode } from '../schema/decode.ts'
import { withDefaults } from '../schema/defaults.ts'
import type { FieldError } from '../schema/field-error.ts'

const facts = new URL('../../../shared/kubernetes-api/', import.meta.url)
const manifests = new URL('../../../shared/spec/manifests/', import.meta.url)
const known = existsSync(facts)
const recorded = known ? describe : describe.skip
const read = <T>(name: string): T[] => (known ? (JSON.parse(readFileSync(new URL(name, facts), 'utf8')) as T[]) : [])

interface Golden {
  readonly file?: string
  readonly index?: number
  readonly path?: string
  readonly body?: { readonly kind?: string; readonly metadata?: { readonly name?: string } }
  readonly status: number
  readonly details?: { readonly causes?: readonly { reason: string; message: string; field: string }[] }
  readonly response?: { readonly kind: string; readonly spec: Record<string, unknown> }
}

function admitted(json: unknown): Pod {
  const decoded = decode(Pod.schema, json).value
  const pod = Pod.applyDefaults?.(withDefaults(Pod.schema, decoded)) ?? decoded
  // As the service account admission does before validation.
  const spec = {
    ...pod.spec,
    serviceAccountName: pod.spec.serviceAccountName ?? 'default',
    serviceAccount: pod.spec.serviceAccount ?? 'default',
  }
  return Pod.prepareForCreate?.({ ...pod, spec, metadata: { ...pod.metadata, namespace: 'default' } }) ?? pod
}

const errorsOf = (pod: Pod): FieldError[] => [
  ...validateObjectMeta(pod.metadata, { namespaced: true, validateName: Pod.validateName }),
  ...(Pod.validate?.(pod) ?? []),
]

/** What admission adds to a spec: the token volume and its mounts, default tolerations, priority. */
function withoutAdmission(spec: PodSpec): unknown {
  const { volumes, tolerations, priority: _, preemptionPolicy: __, ...rest } = spec
  const isToken = (name: string) => name.startsWith('kube-api-access-')
  const clean = (containers: PodSpec['containers'] | undefined) =>
    containers?.map(({ volumeMounts, ...container }) => {
      const mounts = (volumeMounts ?? []).filter(({ name }) => !isToken(name))
      return mounts.length > 0 ? { ...container, volumeMounts: mounts } : container
    })
  return JSON.parse(
    JSON.stringify({
      ...rest,
      volumes: (volumes ?? []).filter(({ name }) => !isToken(name)),
      tolerations: (tolerations ?? []).filter(({ key }) => !key?.startsWith('node.kubernetes.io/')),
      containers: clean(spec.containers),
      initContainers: clean(spec.initContainers),
    }),
  )
}

if (!known) console.warn('skipped: no recorded answers of a real API server at ../shared/kubernetes-api')

recorded('pods as a real API server answered them', () => {
  const errors = read<Golden>('golden-errors.json').filter(({ path, body }) => path?.includes('/pods?dryRun') && body?.kind === 'Pod')
  const valid = errors.filter(({ status }) => status === 201)
  const invalid = errors.filter(({ status, details }) => status === 422 && details?.causes)

  it.each(
    invalid.map(golden => [golden.details?.causes?.map(({ field, message }) => `${field}: ${message}`).join('; ') ?? '', golden] as const),
  )('refuses with %s', (_, { body, details }) => {
    expect(errorsOf(admitted(body))).toEqual(details?.causes)
  })
  it.each(valid.map(golden => [JSON.stringify(golden.body), golden] as const))('accepts %s', (_, { body }) => {
    expect(errorsOf(admitted(body))).toEqual([])
  })
})

/** What was sent: the manifest's document of that number. */
function sent({ file = '', index = 0 }: Golden): { spec: { template?: unknown } } {
  const documents = parseAllDocuments(readFileSync(new URL(file, manifests), 'utf8'))
  return documents.map(document => document.toJS() as { spec: object } | null).filter(object => object !== null)[index] as { spec: object }
}

recorded('pod specs as a real API server returned them', () => {
  const seeds = read<Golden>('golden-seeds.json').filter(({ status }) => status === 201)
  const pods = seeds.filter(({ response }) => response?.kind === 'Pod')
  const templates = seeds.filter(({ response }) => response?.spec?.template && (response.spec.template as { spec?: object }).spec)

  it('finds recorded pods and templates', () => {
    expect(pods.length).toBeGreaterThan(40)
    expect(templates.length).toBeGreaterThan(10)
    expect(existsSync(manifests)).toBe(true)
  })

  it.each(pods.map(golden => [`${golden.file}#${golden.index}`, golden] as const))('fills in %s', (_, golden) => {
    const { response } = golden
    const pod = admitted(sent(golden))
    expect(errorsOf(pod)).toEqual([])
    expect(withoutAdmission(pod.spec)).toEqual(withoutAdmission(response?.spec as unknown as PodSpec))
  })

  it.each(templates.map(golden => [`${golden.file}#${golden.index}`, golden] as const))('fills in the template of %s', (_, golden) => {
    const { response } = golden
    const decoded = decode(PodTemplateSpec, sent(golden).spec.template).value
    const full = withDefaults(PodTemplateSpec, decoded)
    const template = { ...full, spec: applyPodSpecDefaults(full.spec) }
    expect(JSON.parse(JSON.stringify(template.spec))).toEqual((response?.spec.template as PodTemplateSpec).spec)
    // A stateful set mounts volumes that come from its claim templates.
    const mounted = template.spec.containers.flatMap(({ volumeMounts = [] }) => volumeMounts.map(({ name }) => ({ name, emptyDir: {} })))
    const claims = response?.spec.volumeClaimTemplates ? mounted : []
    const whole = { ...template, spec: { ...template.spec, volumes: [...(template.spec.volumes ?? []), ...claims] } }
    expect(validatePodTemplateSpec(whole, 'spec.template')).toEqual([])
  })
})
