import { describe, expect, it } from '@jest/globals'
import { Pod } from '../../../api/core/pod.ts'
import { Event } from '../../../api/core/event.ts'
import type { KubernetesObject } from '../../../api/kind.ts'
import { builtInKinds } from '../../../api/kinds.ts'
import { selectionOf, type Selectors } from './selection.ts'
import { serialize } from './stored-object.ts'

const pod = (name: string, { labels, spec = {}, status = {} }: { labels?: Record<string, string>; spec?: object; status?: object } = {}) =>
  ({ kind: 'Pod', apiVersion: 'v1', metadata: { name, namespace: 'default', labels }, spec, status }) as unknown as KubernetesObject

const pods = [
  pod('plain'),
  pod('labelled', { labels: { app: 'web', 'example.org/tier': 'front', count: '7' } }),
  pod('other', { labels: { app: 'web2', empty: '' } }),
  pod('placed', { spec: { nodeName: 'node-1', hostNetwork: true, schedulerName: '5' }, status: { phase: 'Running', podIP: '10.1.1.1' } }),
  pod('odd', { labels: { app: 'a"b' }, spec: { nodeName: 'nöde "1"' } }),
]

/** Whether the stored text has every mark: what a list looks at before it parses. */
const mayMatch = (selectors: Selectors, object: KubernetesObject): boolean => {
  const bytes = Buffer.from(serialize(object))
  return selectionOf(Pod, selectors)?.marks.every(mark => bytes.includes(mark)) ?? true
}

describe('selectionOf', () => {
  it.each<Selectors>([
    { labelSelector: 'app=web' },
    { labelSelector: 'app==web,example.org/tier in (front)' },
    { labelSelector: 'app in (web,web2),!missing' },
    { labelSelector: 'app!=web' },
    { labelSelector: 'app notin (web)' },
    { labelSelector: 'empty=' },
    { labelSelector: 'example.org/tier' },
    { labelSelector: 'count>3' },
    { fieldSelector: 'spec.nodeName=node-1' },
    { fieldSelector: 'spec.nodeName=nöde "1"' },
    { fieldSelector: 'spec.nodeName=' },
    { fieldSelector: 'spec.nodeName!=node-1' },
    { fieldSelector: 'spec.hostNetwork=false' },
    { fieldSelector: 'spec.hostNetwork=true' },
    { fieldSelector: 'spec.schedulerName=5' },
    { fieldSelector: 'status.podIP=10.1.1.1,metadata.namespace=default' },
  ])('has no mark that something wanted lacks: %j', selectors => {
    const wanted = pods.filter(each => selectionOf(Pod, selectors)?.matches(each))
    expect(wanted).not.toHaveLength(0)
    for (const each of wanted) expect(mayMatch(selectors, each)).toBe(true)
  })

  it('marks what most objects lack', () => {
    const candidates = (selectors: Selectors) => pods.filter(each => mayMatch(selectors, each)).map(({ metadata }) => metadata.name)
    expect(candidates({ labelSelector: 'app=web' })).toEqual(['labelled'])
    expect(candidates({ fieldSelector: 'spec.nodeName=node-1,status.phase=Running' })).toEqual(['placed'])
    expect(candidates({ labelSelector: 'empty' })).toEqual(['other'])
  })

  it('knows the only name there can be', () => {
    expect(selectionOf(Pod, { fieldSelector: 'metadata.name=a,status.phase=Running' })?.name).toBe('a')
    expect(selectionOf(Pod, { name: 'b' })?.name).toBe('b')
    expect(selectionOf(Pod, { fieldSelector: 'metadata.name!=a' })?.name).toBeUndefined()
    expect(selectionOf(Pod, {})).toBeUndefined()
  })

  it('has no marks for what is stored in another form', () => {
    const events = builtInKinds.find(({ group, kind }) => group === 'events.k8s.io' && kind === 'Event')
    expect(events && selectionOf(events, { fieldSelector: 'reason=Killing' })?.marks).toEqual([])
    expect(selectionOf(Event, { fieldSelector: 'reason=Killing' })?.marks).toHaveLength(1)
  })
})
