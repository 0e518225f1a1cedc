import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, it } from '@jest/globals'
import { DeploymentSchema } from '../apps/deployment.ts'
import { ConfigMapSchema } from '../core/config-map.ts'
import { ServiceAccountSchema } from '../core/service-account.ts'
import { ServiceSchema } from '../core/service.ts'
import { ApiError } from '../errors.ts'
import { decode } from '../schema/decode.ts'
import { isRecord } from '../schema/records.ts'
import type { Schema } from '../schema/schema.ts'
import { applyJsonPatch } from './json-patch.ts'
import { applyMergePatch } from './merge-patch.ts'
import { applyStrategicMergePatch } from './strategic-merge.ts'

interface Golden {
  readonly case: string
  readonly base: { readonly kind: string }
  readonly patch: { readonly contentType: string; readonly body: unknown }
  readonly status: number
  readonly response: Record<string, unknown>
}

const file = new URL('../../../shared/kubernetes-api/golden-patches.json', import.meta.url)
const goldens = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Golden[]) : []
const patches = goldens.filter(({ case: name }) => /^(smp|merge|json):/.test(name))

const schemas: Readonly<Record<string, Schema>> = {
  Deployment: DeploymentSchema,
  ConfigMap: ConfigMapSchema,
  Service: ServiceSchema,
  ServiceAccount: ServiceAccountSchema,
}
const schemaOf = (kind: string) => schemas[kind] ?? {}

function patched(golden: Golden): unknown {
  const schema = schemaOf(golden.base.kind)
  const base = decode(schema, golden.base).value
  const { contentType, body } = golden.patch
  if (contentType.startsWith('application/json-patch')) return applyJsonPatch(base, body)
  return contentType.startsWith('application/merge-patch') ? applyMergePatch(base, body) : applyStrategicMergePatch(schema, base, body)
}

interface Compared {
  readonly schema: Schema
  readonly actual: unknown
  readonly answer: unknown
}

/** What of `actual` is different in the answer, which has defaults and system fields besides; maps and lists must be complete. */
function differences({ schema, actual, answer }: Compared, path = ''): string[] {
  if (Array.isArray(actual) && Array.isArray(answer)) {
    if (actual.length !== answer.length) return [`${path}: ${actual.length} instead of ${answer.length}`]
    const items = schema.items ?? {}
    return actual.flatMap((item, index) =>
      differences({ schema: items, actual: item, answer: answer[index] as unknown }, `${path}[${index}]`),
    )
  }
  if (isRecord(actual) && isRecord(answer)) {
    const missing = schema.additionalProperties
      ? Object.keys(answer).filter(key => !(key in actual) && !key.startsWith('deployment.kubernetes.io/'))
      : []
    const field = (key: string) => schema.properties?.[key] ?? schema.additionalProperties ?? {}
    return [
      ...missing.map(key => `${path}.${key}: missing`),
      ...Object.keys(actual).flatMap(key =>
        differences({ schema: field(key), actual: actual[key], answer: answer[key] }, `${path}.${key}`),
      ),
    ]
  }
  const shown = JSON.stringify(actual)
  // What is empty may be left out of the answer, and the server fills in some of it.
  if (['{}', '[]', '""'].includes(shown)) return []
  return shown === JSON.stringify(answer) ? [] : [`${path}: ${shown} instead of ${JSON.stringify(answer)}`]
}

const each = patches.length > 0 ? it.each(patches.map(golden => [golden.case, golden] as const)) : it.skip.each([['none', {} as Golden]])

describe('patches recorded from a real API server (skipped where the recordings are absent)', () => {
  each('gives the recorded answer: %s', (_, golden) => {
    const body = golden.response
    if (golden.status === 422 && body['message'] === 'the server rejected our request due to an error in our request') {
      expect(() => patched(golden)).toThrow(ApiError)
      return
    }
    const result = decode(schemaOf(golden.base.kind), patched(golden))
    expect(result.unknown).toEqual([])
    // Where the result breaks a rule of its kind, it is enough that patching got that far.
    if (golden.status < 300) expect(differences({ schema: schemaOf(golden.base.kind), actual: result.value, answer: body })).toEqual([])
  })
})
