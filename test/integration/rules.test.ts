import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from '@jest/globals'
import { createAdmission } from '../../control-plane/api-server/admission/index.ts'
import { dialDirectly } from '../../control-plane/api-server/endpoints/dialer.ts'
import { serviceConnector } from '../../control-plane/api-server/service-connector.ts'
import { createStatusWriter } from '../../control-plane/api-server/status-writer.ts'
import { createLookup } from '../../control-plane/api-server/lookup.ts'
import { startApiServer } from '../../control-plane/api-server/testing.ts'
import { temporaryStore } from '../../control-plane/store/testing.ts'
import { systemClock } from '../../common/clock.ts'

/** One line of a table in `rules/`: an object, and what a real API server says to its creation. */
interface RuleCase {
  /** Where it is posted to: a group's path, which begins with a slash when the resource has no namespace, and the resource. */
  readonly to: string
  readonly body: unknown
  /** The whole message; nothing when it is created. */
  readonly says: string
}

const folder = fileURLToPath(new URL('./rules/', import.meta.url))
const casesOf = (file: string): RuleCase[] =>
  readFileSync(join(folder, file), 'utf8')
    .split('\n')
    .filter(line => line !== '')
    .map(line => JSON.parse(line) as RuleCase)

function pathOf({ to }: RuleCase): string {
  const [base = '', resource = ''] = to.split(' ')
  return base.startsWith('/') ? `${base}/${resource}` : `/${base}/namespaces/default/${resource}`
}

describe('what is refused, and in which words', () => {
  it.each(readdirSync(folder))('it says so: %s', async file => {
    await using temporary = await temporaryStore()
    const { lookup, cache } = createLookup(temporary.store)
    const admission = createAdmission({
      lookup,
      authorizer: { authorize: () => ({ allowed: true, reason: '' }) },
      statuses: createStatusWriter(temporary.store, cache),
      services: serviceConnector(lookup, dialDirectly),
      clock: systemClock,
    })
    await using server = await startApiServer({ store: temporary.store, cache, admission })
    await server.call('POST', '/api/v1/namespaces', { body: { metadata: { name: 'default' } } })
    await server.call('POST', '/api/v1/namespaces/default/serviceaccounts', { body: { metadata: { name: 'default' } } })
    const answers = await Promise.all(
      casesOf(file).map(async each => {
        const { status, body } = await server.call('POST', `${pathOf(each)}?dryRun=All`, { body: each.body })
        return { ...each, says: status === 201 ? '' : body['message'] }
      }),
    )
    expect(answers).toEqual(casesOf(file))
  })
})
