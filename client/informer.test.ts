import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from '@jest/globals'
import { ConfigMap } from '../api/core/config-map.ts'
import { expired } from '../api/errors.ts'
import { silentLogger } from '../common/log.ts'
import type { Client, List, WatchEvent } from './client.ts'
import { Informer } from './informer.ts'
import { ConnectionError } from './status-error.ts'

const map = (name: string, resourceVersion: string, uid = name): ConfigMap => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace: 'default', uid, resourceVersion, creationTimestamp: '2026-01-01T00:00:00Z' },
})
type Script = (since: string) => AsyncIterable<WatchEvent<ConfigMap>>

/** Answers the first list and watch with the first of each, and so on; the last watch stays open. */
function scripted(lists: readonly ConfigMap[][], watches: readonly Script[]) {
  const asked: string[] = []
  let listed = 0
  let watched = 0
  const client = {
    async list() {
      const items = lists[Math.min(listed++, lists.length - 1)] ?? []
      return { metadata: { resourceVersion: String(listed * 10) }, items: structuredClone(items) } as List<ConfigMap>
    },
    async *watch(_: unknown, { resourceVersion = '', signal }: { resourceVersion?: string; signal: AbortSignal }) {
      asked.push(resourceVersion)
      const script = watches[watched++]
      if (script) yield* script(resourceVersion)
      else await sleep(60_000, undefined, { signal, ref: false })
    },
  } as unknown as Pick<Client, 'list' | 'watch'>
  return { client, asked }
}

async function observed(lists: readonly ConfigMap[][], watches: readonly Script[]) {
  const { client, asked } = scripted(lists, watches)
  const heard: string[] = []
  const clock = { now: () => new Date(), sleep: async () => undefined }
  const informer = new Informer({ client, kind: ConfigMap, log: silentLogger, clock })
  informer.addListener({
    added: ({ metadata }) => heard.push(`+${metadata.name}`),
    updated: ({ metadata }) => heard.push(`~${metadata.name}`),
    deleted: ({ metadata }) => heard.push(`-${metadata.name}`),
  })
  const stop = new AbortController()
  const done = informer.run(stop.signal)
  await sleep(20)
  stop.abort()
  await done
  return { heard, asked, informer }
}

describe('Informer', () => {
  it('announces what was there and what changes, and resumes from the last version after a broken connection', async () => {
    const { heard, asked, informer } = await observed(
      [[map('a', '1')]],
      [
        async function* () {
          yield { type: 'ADDED', object: map('b', '11') }
          throw new ConnectionError('gone')
        },
        async function* () {
          yield { type: 'DELETED', object: map('a', '12') }
          yield { type: 'BOOKMARK', object: { metadata: { resourceVersion: '15' } } }
        },
      ],
    )
    expect(heard).toEqual(['+a', '+b', '-a'])
    expect(asked).toEqual(['10', '11', '15'])
    expect(informer.cache.list().map(({ metadata }) => metadata.name)).toEqual(['b'])
  })

  it('lists again when the version is forgotten, and announces the difference', async () => {
    const { heard, asked } = await observed(
      [
        [map('a', '1'), map('b', '2')],
        [map('b', '3'), map('c', '4')],
      ],
      [
        async function* () {
          throw expired('too old resource version')
          yield undefined as never
        },
      ],
    )
    expect(heard).toEqual(['+a', '+b', '~b', '+c', '-a'])
    expect(asked).toEqual(['10', '20'])
  })

  it('freezes what it hands out', async () => {
    const { informer } = await observed([[map('a', '1')]], [])
    expect(Object.isFrozen(informer.cache.get('default/a')?.metadata)).toBe(true)
  })
})
