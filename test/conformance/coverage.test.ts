import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, it } from '@jest/globals'
import { parse } from 'yaml'
import { apiBehaviours } from './api.ts'
import { appsBehaviours } from './apps.ts'
import { networkBehaviours } from './network.ts'
import { nodeBehaviours } from './node.ts'
import type { Missing, ShownBy } from './shown-by.ts'
import { storageBehaviours } from './storage.ts'

const parts = {
  api: apiBehaviours,
  apps: appsBehaviours,
  node: nodeBehaviours,
  network: networkBehaviours,
  storage: storageBehaviours,
}
const all = Object.entries(parts).flatMap(([part, behaviours]) =>
  Object.entries<ShownBy | Missing>(behaviours).map(([name, shown]) => ({ part, name, shown })),
)
const shown = all.flatMap(({ name, shown }) => ('file' in shown ? [{ name, ...shown }] : []))
const missing = all.flatMap(({ name, shown }) => ('missing' in shown ? [{ name, why: shown.missing }] : []))

const list = new URL('../../../shared/kubernetes-api/conformance.yaml', import.meta.url)
const listed = existsSync(list) ? (parse(readFileSync(list, 'utf8')) as readonly { readonly codename: string }[]) : undefined

describe("upstream's conformance suite", () => {
  it('has each behaviour in one part only', () => {
    const names = all.map(({ name }) => name)
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([])
  })

  it('names tests that exist', () => {
    const texts = new Map(
      [...new Set(shown.map(({ file }) => file))].map(file => [file, existsSync(file) ? readFileSync(file, 'utf8') : '']),
    )
    const isTitle = ({ file, title }: ShownBy) => title.length > 0 && (texts.get(file) ?? '').includes(title)
    expect(shown.filter(claim => !isTitle(claim))).toEqual([])
  })
  ;(listed ? it : it.skip)('is accounted for, name by name', () => {
    const expected = (listed ?? []).map(({ codename }) => codename)
    const names = new Set(all.map(({ name }) => name))
    expect(all.map(({ name }) => name).filter(name => !expected.includes(name))).toEqual([])
    process.stdout.write(
      `conformance: ${shown.length} of ${expected.length} behaviours are shown by a test, ${missing.length} are missing\n`,
    )
    for (const { name, why } of missing) process.stdout.write(`  missing: ${name}: ${why}\n`)
    expect(expected.filter(name => !names.has(name))).toEqual([])
  })
})
