import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openStore } from '../../control-plane/store/lmdb-store.ts'
import type { Store } from '../../control-plane/store/store.ts'

const value = JSON.stringify({ data: { text: 'x'.repeat(1_000) } })

const percentile = (times: number[], share: number): number => times.sort((a, b) => a - b)[Math.floor(times.length * share)] ?? 0

async function timed(action: () => unknown): Promise<number> {
  const start = performance.now()
  await action()
  return performance.now() - start
}

/** `count` creations, `inFlight` at a time: how long each took, and all together. */
async function creations(store: Store, prefix: string, { count, inFlight }: { count: number; inFlight: number }) {
  const times: number[] = []
  const queue = Array.from({ length: count }, (_, index) => `${prefix}${index}`)
  const worker = async () => {
    for (let key = queue.pop(); key !== undefined; key = queue.pop()) {
      const name = key
      times.push(await timed(() => store.mutate(name, () => ({ put: value }))))
    }
  }
  const total = await timed(() => Promise.all(Array.from({ length: inFlight }, worker)))
  return { perSecond: Math.round((count * 1_000) / total), p50: percentile(times, 0.5), p99: percentile(times, 0.99) }
}

/** Figures of the store alone, in milliseconds unless said otherwise, with values of 1 kB. */
export async function benchStore() {
  const directory = await mkdtemp(join(tmpdir(), 'kubeling-bench-'))
  const path = join(directory, 'store.mdb')
  try {
    const store = await openStore(path)
    await creations(store, '/warm/', { count: 200, inFlight: 1 })
    const single = await creations(store, '/single/', { count: 500, inFlight: 1 })
    const many = await creations(store, '/many/', { count: 10_000, inFlight: 32 })
    const get = (await timed(() => Array.from({ length: 10_000 }, (_, index) => store.get(`/many/${index}`)))) / 10_000
    const lists: number[] = []
    for (let round = 0; round < 20; round++) lists.push(await timed(() => store.list('/many/', { limit: 2_200 })))
    await store.close()
    const open = await timed(async () => (await openStore(path)).close())
    return { single, many, get, list2200: percentile(lists, 0.5), open }
  } finally {
    await rm(directory, { recursive: true, force: true })
  }
}
