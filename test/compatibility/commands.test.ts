import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { CompatibilityTable } from '../support/compatibility-table.ts'
import { kubectlAt, kubectlSample } from '../support/kubectl.ts'
import { testCluster } from '../support/test-cluster.ts'
import { scenarios } from './commands/index.ts'
import type { Part, Scenario } from './commands/row.ts'
import { partsOf } from './parts.ts'
import { runScenario, type RowResult } from './run-scenario.ts'

const kubectls = kubectlSample('newest').map(path => kubectlAt(path, testCluster.kubeconfig))
const table = new CompatibilityTable('command lines')
/** A scenario waits more than it works. */
const together = 4
/** A part of them, for who works at one: names, separated by commas. */
const wanted = scenarios.filter(({ name }) => (process.env['KUBELING_SCENARIOS'] ?? name).split(',').includes(name))

afterAll(() => {
  if (process.env['KUBELING_UPDATE_DOCS'] === '1') table.writeTo('docs/compatibility.md')
})

describe.each(kubectls.map(kubectl => [kubectl.version, kubectl] as const))('kubectl %s', (version, kubectl) => {
  let parts: ReadonlySet<Part>
  let first: Map<Scenario, Promise<RowResult[]>>
  let attempts = 0
  const start = (scenario: Scenario) => {
    const namespace = `compat-${scenario.name}-${version.replaceAll(/[^0-9]+/g, '')}-${process.pid}-${attempts++}`
    return runScenario({ kubectl, scenario, namespace, parts })
  }

  beforeAll(async () => {
    parts = await partsOf(kubectl)
    first = startTogether(wanted, start)
  })
  afterAll(async () => {
    await Promise.allSettled(first.values())
  }, 300_000)

  it.each(wanted.map(scenario => [scenario.name, scenario] as const))(
    '%s: every line does what it does upstream',
    async (_, scenario) => {
      const begun = first.get(scenario)
      // Who is tried again begins anew.
      first.delete(scenario)
      const results = await (begun ?? start(scenario))
      for (const { line, verdict } of results) table.record(line, version, verdict)
      expect(results.filter(({ verdict }) => verdict === 'fails').map(({ line, problems }) => [line, ...problems].join('\n'))).toEqual([])
    },
    300_000,
  )
})

/** Starts them in their order, so many at a time; each has a promise at once. */
function startTogether(all: readonly Scenario[], start: (scenario: Scenario) => Promise<RowResult[]>): Map<Scenario, Promise<RowResult[]>> {
  const running = new Map<Scenario, Promise<RowResult[]>>()
  const ends = Array.from({ length: together }, () => Promise.resolve())
  for (const [index, scenario] of all.entries()) {
    const result = (ends[index % together] ?? Promise.resolve()).then(() => start(scenario))
    ends[index % together] = result.then(
      () => undefined,
      () => undefined,
    )
    running.set(scenario, result)
  }
  return running
}
