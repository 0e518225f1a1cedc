import { describe, expect, it } from '@jest/globals'
import { setTimeout as sleep } from 'node:timers/promises'
import { ConfigMap } from '../../api/core/config-map.ts'
import { silentLogger } from '../../common/log.ts'
import { FakeApi } from '../testing/fake-api.ts'
import { NotYetKnown, ObjectWatches } from './object-watches.ts'

const map = (name: string, more: Partial<ConfigMap> = {}): ConfigMap => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace: 'ns', uid: name, resourceVersion: '1', creationTimestamp: '2026-01-01T00:00:00Z' },
  ...more,
})
const reference = (name: string) => ({ kind: 'ConfigMap' as const, namespace: 'ns', name })
const key = (name: string) => ({ namespace: 'ns', name })

function start() {
  const api = new FakeApi()
  const told: string[] = []
  const watches = new ObjectWatches({
    client: api,
    log: silentLogger,
    onChange: (uid, isNews) => told.push(`${uid} ${isNews ? 'news' : 'known'}`),
  })
  const stop = new AbortController()
  const done = watches.run(stop.signal)
  return {
    api,
    watches,
    /** What pods were told since it was asked last. */
    told: async () => {
      await sleep(10)
      return told.splice(0)
    },
    async [Symbol.asyncDispose]() {
      stop.abort()
      await done
    },
  }
}

describe('ObjectWatches', () => {
  it('knows an object soon after it is tracked, and tells every pod of its changes', async () => {
    await using s = start()
    s.api.put(ConfigMap, map('a', { data: { k: '1' } }))
    s.watches.track('pod-1', [reference('a')])
    await expect(s.watches.get(ConfigMap, key('a'))).rejects.toThrow(NotYetKnown)
    expect(await s.told()).toEqual(['pod-1 known'])
    expect((await s.watches.get(ConfigMap, key('a'))).data).toEqual({ k: '1' })
    s.watches.track('pod-2', [reference('a')])
    s.api.put(ConfigMap, map('a', { data: { k: '2' } }))
    expect(await s.told()).toEqual(['pod-1 news', 'pod-2 news'])
    await s.api.delete(ConfigMap, key('a'))
    expect(await s.told()).toEqual(['pod-1 news', 'pod-2 news'])
    await expect(s.watches.get(ConfigMap, key('a'))).rejects.toMatchObject({ code: 404 })
  })

  it('tells when something that was missing appears, and nothing of others', async () => {
    await using s = start()
    s.watches.track('pod-1', [reference('late')])
    expect(await s.told()).toEqual(['pod-1 known'])
    s.api.put(ConfigMap, map('other'))
    expect(await s.told()).toEqual([])
    s.api.put(ConfigMap, map('late'))
    expect(await s.told()).toEqual(['pod-1 news'])
  })

  it('watches what is immutable no longer once it is known', async () => {
    await using s = start()
    s.api.put(ConfigMap, map('a', { immutable: true }))
    s.watches.track('pod-1', [reference('a')])
    expect(await s.told()).toEqual(['pod-1 known'])
    expect(s.watches.watched).toEqual([])
    expect((await s.watches.get(ConfigMap, key('a'))).immutable).toBe(true)
  })

  it('watches an object as long as some pod refers to it', async () => {
    await using s = start()
    s.watches.track('pod-1', [reference('a'), reference('b')])
    s.watches.track('pod-2', [reference('a')])
    s.watches.track('pod-1', [reference('a')])
    expect(s.watches.watched).toEqual(['/configmaps/ns/a'])
    s.watches.forget('pod-1')
    expect(s.watches.watched).toEqual(['/configmaps/ns/a'])
    s.watches.forget('pod-2')
    expect(s.watches.watched).toEqual([])
  })
})
