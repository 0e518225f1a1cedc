import { describe, expect, it } from '@jest/globals'
import { createAdmission } from '../../control-plane/api-server/admission/index.ts'
import { createLookup } from '../../control-plane/api-server/lookup.ts'
import { startApiServer } from '../../control-plane/api-server/testing.ts'
import { temporaryStore } from '../../control-plane/store/testing.ts'
import { systemClock } from '../../common/clock.ts'
import { ruleCases } from './rules/index.ts'
import type { RuleCase } from './rules/rule-case.ts'

/** Resources without a namespace are written with their group alone: `/apis/… resource`. */
const pathOf = ({ to }: RuleCase): string => {
  const [base = '', resource = ''] = to.split(' ')
  return base.startsWith('/') ? `${base}/${resource}` : `/${base}/namespaces/default/${resource}`
}

const textOf = (causes: readonly string[]): string => (causes.length === 1 ? (causes[0] ?? '') : `[${causes.join(', ')}]`)

describe('what is refused, and in which words', () => {
  it.each(Object.entries(ruleCases))('it says of %s what upstream says', async (_, cases) => {
    await using temporary = await temporaryStore()
    const { lookup, cache } = createLookup(temporary.store)
    const admission = createAdmission({ lookup, clock: systemClock })
    await using server = await startApiServer({ store: temporary.store, cache, admission })
    await server.call('POST', '/api/v1/namespaces', { body: { metadata: { name: 'default' } } })
    await server.call('POST', '/api/v1/namespaces/default/serviceaccounts', { body: { metadata: { name: 'default' } } })
    const differences: string[] = []
    for (const each of cases) {
      const { status, body } = await server.call('POST', `${pathOf(each)}?dryRun=All`, { body: each.body })
      const message = String(body['message'] ?? '')
      const [said, wanted] = [
        status === 201 ? '' : message.replace(/^.*? is invalid: /, ''),
        each.invalid.length > 0 ? textOf(each.invalid) : '',
      ]
      if (said !== wanted) differences.push(`${each.to} ${JSON.stringify(each.body)}\n  wanted ${wanted}\n  got    ${said}`)
    }
    expect(differences).toEqual([])
  })
})
