import { describe, expect, it } from '@jest/globals'
import { Deployment } from './deployment.ts'
import { ReplicaSet } from './replica-set.ts'
import { decode } from '../schema/decode.ts'
import { withDefaults } from '../schema/defaults.ts'
import type { FieldError } from '../schema/field-error.ts'

const template = {
  metadata: { labels: { app: 'web' } },
  spec: {
    containers: [
      { name: 'c', image: 'busybox' },
      { name: 'd', image: 'nginx:1' },
    ],
  },
}
const selector = { matchLabels: { app: 'web' } }

function deployment(spec: Record<string, unknown>, status: Record<string, unknown> = {}): Deployment {
  const json = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'd', namespace: 'default' },
    spec: { template, ...spec },
    status,
  }
  const filled = withDefaults(Deployment.schema, decode(Deployment.schema, json).value)
  return Deployment.applyDefaults?.(filled) ?? filled
}
const texts = (errors: readonly FieldError[] | undefined) => (errors ?? []).map(({ field, message }) => `${field}: ${message}`)
const says = (spec: Record<string, unknown>) => texts(Deployment.validate?.(deployment(spec)))

describe('a deployment', () => {
  it('needs a selector that finds its pods', () => {
    expect(says({})).toEqual([
      'spec.selector: Required value',
      'spec.template.metadata.labels: Invalid value: {"app":"web"}: `selector` does not match template `labels`',
    ])
    expect(says({ selector: {} })).toEqual(['spec.selector: Invalid value: {}: empty selector is invalid for deployment'])
  })

  it('replaces a quarter of its pods at a time unless told otherwise', () => {
    const { strategy, replicas } = deployment({ selector, strategy: { rollingUpdate: { maxSurge: 0 } } }).spec
    expect(strategy).toEqual({ type: 'RollingUpdate', rollingUpdate: { maxUnavailable: '25%', maxSurge: 0 } })
    expect(replicas).toBe(1)
    expect(deployment({ selector, strategy: { type: 'Recreate' } }).spec.strategy).toEqual({ type: 'Recreate' })
  })

  it('keeps a count of zero', () => {
    const { replicas, revisionHistoryLimit } = deployment({ selector, replicas: 0, revisionHistoryLimit: 0 }).spec
    expect([replicas, revisionHistoryLimit]).toEqual([0, 0])
  })

  it('refuses strategies that make no sense', () => {
    expect(says({ selector, strategy: { type: 'Blue' } })).toEqual([
      'spec.strategy: Unsupported value: {"Type":"Blue","RollingUpdate":null}: supported values: "Recreate", "RollingUpdate"',
    ])
    expect(says({ selector, strategy: { rollingUpdate: { maxUnavailable: '101%', maxSurge: 'x' } } })).toEqual([
      "spec.strategy.rollingUpdate.maxSurge: Invalid value: \"x\": a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')",
      'spec.strategy.rollingUpdate.maxUnavailable: Invalid value: "101%": must not be greater than 100%',
    ])
    expect(says({ selector, progressDeadlineSeconds: 10, minReadySeconds: 10 })).toEqual([
      'spec.progressDeadlineSeconds: Invalid value: 10: must be greater than minReadySeconds',
    ])
  })

  it('keeps its selector', () => {
    const other = { matchLabels: { app: 'other' } }
    expect(texts(Deployment.validateUpdate?.(deployment({ selector: other }), deployment({ selector })))).toEqual([
      'spec.template.metadata.labels: Invalid value: {"app":"web"}: `selector` does not match template `labels`',
      'spec.selector: Invalid value: {"matchLabels":{"app":"other"}}: field is immutable',
    ])
  })

  it('is shown as kubectl knows it', () => {
    const shown = deployment({ selector, replicas: 3 }, { readyReplicas: 2, updatedReplicas: 3, availableReplicas: 1 })
    const cells = Deployment.columns.map(column => column.cell(shown, new Date(0)))
    expect(cells).toEqual(['d', '2/3', 3, 1, '<unknown>', 'c,d', 'busybox,nginx:1', 'app=web'])
  })
})

describe('a replica set', () => {
  it('cannot have more ready pods than pods', () => {
    const json = {
      apiVersion: 'apps/v1',
      kind: 'ReplicaSet',
      metadata: { name: 'r' },
      spec: { selector, template },
      status: { replicas: 1, readyReplicas: 2 },
    }
    const set = decode(ReplicaSet.schema, json).value
    expect(texts(ReplicaSet.validateStatusUpdate?.(set, set))).toEqual([
      'status.readyReplicas: Invalid value: 2: cannot be greater than status.replicas',
    ])
  })
})
