import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, it } from '@jest/globals'
import { Pod } from './pod.ts'
import { podSummary } from './pod-summary.ts'
import { decode } from '../schema/decode.ts'

const facts = new URL('../../../shared/kubernetes-api/', import.meta.url)
const known = existsSync(facts)
const recorded = known ? describe : describe.skip
if (!known) console.warn('skipped: no recorded answers of a real API server at ../shared/kubernetes-api')

interface Recorded {
  readonly case: string
  readonly spec: object
  readonly timeline: readonly { readonly deleting?: boolean; readonly status: object }[]
}

const text = (name: string) => readFileSync(new URL(name, facts), 'utf8')
/** The recording has placeholders for times and addresses. */
const plain = (status: object): unknown => JSON.parse(JSON.stringify(status).replaceAll('"<time>"', '"2026-01-01T00:00:00Z"'))

/** What the table may have shown for a pod at any moment of its life. */
function shownFor({ spec, timeline }: Recorded): Set<string> {
  const rows = timeline.map(({ status, deleting }) => {
    const metadata = { name: 'p', ...(deleting ? { deletionTimestamp: '2026-01-01T00:00:00Z' } : {}) }
    const { ready, reason, restarts } = podSummary(decode(Pod.schema, { metadata, spec, status: plain(status) }).value)
    return `${ready} ${reason} ${restarts}`
  })
  return new Set(rows)
}

recorded('the table of pods beside that of a real API server', () => {
  const pods = known ? (JSON.parse(text('golden-pods.json')) as Recorded[]) : []
  const lines = known ? text('golden-pods-get.txt').trim().split('\n').slice(1) : []
  const rows = lines.map(line => line.split(/\s+/)).map(([name = '', ...cells]) => ({ name, shown: cells.slice(0, 3).join(' ') }))

  it('finds recorded pods', () => {
    expect(rows.length).toBeGreaterThan(40)
  })
  it.each(rows.filter(({ name }) => pods.some(pod => pod.case === name)).map(({ name, shown }) => [name, shown] as const))(
    'shows %s as %s',
    (name, shown) => {
      const pod = pods.find(each => each.case === name)
      expect([...(pod ? shownFor(pod) : [])]).toContain(shown)
    },
  )
})
