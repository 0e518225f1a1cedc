import { describe, expect, it } from '@jest/globals'
import { formatFieldSelector, matchesFields, parseFieldSelector, requiredValue, unsupportedField } from './field-selector.ts'
import type { Kind, KubernetesObject } from './kind.ts'
import { builtInKinds } from './kinds.ts'

const object = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a', namespace: 'n' } } as KubernetesObject
const kind = { namespaced: true, selectableFields: { 'spec.nodeName': () => 'node=1,x' } }

describe('parseFieldSelector', () => {
  it('reads operators and escapes', () => {
    const selector = parseFieldSelector('metadata.name==a,spec.nodeName!=b,x=node\\=1\\,x')
    expect(selector.requirements).toEqual([
      { field: 'metadata.name', operator: '=', value: 'a' },
      { field: 'spec.nodeName', operator: '!=', value: 'b' },
      { field: 'x', operator: '=', value: 'node=1,x' },
    ])
    expect(formatFieldSelector(selector)).toBe('metadata.name=a,spec.nodeName!=b,x=node\\=1\\,x')
  })

  it.each([
    ['metadata.name', "invalid selector: 'metadata.name'; can't understand 'metadata.name'"],
    ['a=\\x', 'invalid field selector: invalid escape sequence: \\x'],
  ])('refuses %p', (text, message) => {
    expect(() => parseFieldSelector(text)).toThrow(message)
  })
})

describe('matchesFields', () => {
  it('asks the kind for the value', () => {
    expect(matchesFields(parseFieldSelector('spec.nodeName=node\\=1\\,x,metadata.namespace=n'), object, kind)).toBe(true)
    expect(matchesFields(parseFieldSelector('metadata.name!=a'), object, kind)).toBe(false)
    expect(requiredValue(parseFieldSelector('metadata.name=a'), 'metadata.name')).toBe('a')
  })

  it('reports fields it cannot select by', () => {
    expect(unsupportedField(parseFieldSelector('spec.x=1'), kind)).toBe('field label not supported: spec.x')
    expect(unsupportedField(parseFieldSelector('spec.x=1'), { namespaced: true })).toBe(
      '"spec.x" is not a known field selector: only "metadata.name", "metadata.namespace"',
    )
    expect(unsupportedField(parseFieldSelector('spec.nodeName=1'), kind)).toBeUndefined()
  })
})

const kindOf = (name: string): Kind => {
  const kind = builtInKinds.find(candidate => `${candidate.group ? `${candidate.group}/` : ''}${candidate.plural}` === name)
  if (!kind) throw new Error(`there are no ${name}`)
  return kind
}

describe('kinds', () => {
  it.each([
    ['pods', 'spec.nodeName,spec.host,spec.restartPolicy,spec.schedulerName,spec.serviceAccountName,spec.hostNetwork'],
    ['pods', 'status.phase,status.podIP,status.podIPs,status.nominatedNodeName,metadata.name,metadata.namespace'],
    ['nodes', 'metadata.name,spec.unschedulable'],
    ['namespaces', 'metadata.name,status.phase'],
    ['secrets', 'metadata.name,metadata.namespace,type'],
    ['services', 'metadata.name,metadata.namespace,spec.clusterIP,spec.type'],
    ['replicationcontrollers', 'metadata.name,metadata.namespace,status.replicas'],
    ['events', 'involvedObject.kind,involvedObject.namespace,involvedObject.name,involvedObject.uid,involvedObject.apiVersion'],
    ['events', 'involvedObject.resourceVersion,involvedObject.fieldPath,reason,reportingComponent,source,type,metadata.name'],
    ['events.k8s.io/events', 'regarding.kind,regarding.name,regarding.uid,reason,reportingController,type,metadata.namespace'],
    ['batch/jobs', 'metadata.name,metadata.namespace,status.successful'],
    ['certificates.k8s.io/certificatesigningrequests', 'metadata.name,spec.signerName'],
    ['resource.k8s.io/resourceslices', 'metadata.name,spec.nodeName,spec.driver'],
    ['configmaps', 'metadata.name,metadata.namespace'],
    ['storage.k8s.io/storageclasses', 'metadata.name,metadata.namespace'],
  ])('let %s be selected by %s', (name, fields) => {
    for (const field of fields.split(',')) expect(unsupportedField(parseFieldSelector(`${field}=x`), kindOf(name))).toBeUndefined()
  })

  it.each([
    ['pods', 'spec.dnsPolicy', 'field label not supported: spec.dnsPolicy'],
    ['nodes', 'metadata.namespace', 'field label not supported: metadata.namespace'],
    ['namespaces', 'metadata.namespace', 'field label not supported: metadata.namespace'],
    ['namespaces', 'name', 'field label not supported: name'],
    ['batch/jobs', 'status.failed', 'field label "status.failed" not supported for batchv1.Job'],
    ['certificates.k8s.io/certificatesigningrequests', 'metadata.namespace', 'field label not supported: metadata.namespace'],
    ['resource.k8s.io/resourceslices', 'spec.x', 'field label not supported for resource.k8s.io/v1, Kind=ResourceSlice: spec.x'],
    ['configmaps', 'data', '"data" is not a known field selector: only "metadata.name", "metadata.namespace"'],
  ])('do not let %s be selected by %s', (name, field, message) => {
    expect(unsupportedField(parseFieldSelector(`${field}=x`), kindOf(name))).toBe(message)
  })
})
