import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from '@jest/globals'
import { startApiServer } from '../../control-plane/api-server/testing.ts'
import { differences } from '../support/differences.ts'

interface Golden {
  readonly file?: string
  readonly method?: string
  readonly path: string
  readonly contentType?: string
  readonly body?: unknown
  readonly status: number
  readonly reason?: string
  readonly message?: string
  readonly details?: unknown
  readonly response?: unknown
}

const folder = fileURLToPath(new URL('../../../shared/', import.meta.url))
const read = (file: string): Golden[] => JSON.parse(readFileSync(`${folder}kubernetes-api/${file}`, 'utf8')) as Golden[]
const recorded = existsSync(`${folder}kubernetes-api/golden-errors.json`) ? it : it.skip

describe('recorded answers of a real API server', () => {
  recorded('it refuses what a real one refuses, in the same words', async () => {
    await using server = await startApiServer({ serviceCidr: '10.97.0.0/16' })
    const mismatches: string[] = []
    const goldens = read('golden-errors.json')
    let matched = 0
    for (const golden of goldens) {
      const { method = 'GET', path, body } = golden
      const answer = await server.call(method, path, body === undefined || body === null ? {} : { body })
      if (answer.status === 404 && golden.status !== 404) continue
      const wanted = {
        status: golden.status,
        ...(golden.reason ? { reason: golden.reason, message: golden.message, details: golden.details } : {}),
      }
      const { reason, message, details } = answer.body
      const got = { status: answer.status, ...(golden.reason ? { reason, message, details } : {}) }
      const found = differences(wanted, got)
      if (found.length === 0) matched++
      else mismatches.push(`${method} ${path} ${JSON.stringify(body)?.slice(0, 150)}\n  ${found.join('\n  ')}`)
    }
    console.log(`matched ${matched} of ${goldens.length}\n${mismatches.join('\n')}`)
    expect(matched).toBeGreaterThan(0)
  })
})
