import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from '@jest/globals'
import { parseAllDocuments } from 'yaml'
import type { KubernetesObject } from '../../api/kind.ts'
import { findKindByName } from '../../api/kinds.ts'
import { startApiServer } from '../../control-plane/api-server/testing.ts'

const manifests = readdirSync('examples').filter(name => name.endsWith('.yaml'))
// As kubectl reads it: 0400 is octal.
const objectsOf = (name: string) =>
  parseAllDocuments(readFileSync(join('examples', name), 'utf8'), { version: '1.1' }).map(document => document.toJS() as KubernetesObject)

function collectionOf({ apiVersion, kind }: KubernetesObject): string {
  const [version = '', group = ''] = apiVersion.split('/').reverse()
  const found = findKindByName(group, version, kind)
  if (!found) throw new Error(`${apiVersion} ${kind} is not served`)
  return `${group ? `/apis/${group}` : '/api'}/${version}/namespaces/default/${found.plural}`
}

describe('the examples', () => {
  it('are accepted as they are, without unknown or doubled fields and without warnings', async () => {
    await using server = await startApiServer()
    for (const name of manifests) {
      for (const object of objectsOf(name)) {
        const { status, headers, body } = await server.call('POST', `${collectionOf(object)}?fieldValidation=Strict`, { body: object })
        expect({ name, status, warning: headers['warning'], message: body['message'] }).toEqual({ name, status: 201 })
      }
    }
  })

  it.each(manifests)('say in %s what to try', name => {
    expect(readFileSync(join('examples', name), 'utf8')).toMatch(/^# \w.*\n/)
  })

  it('are all in the list', () => {
    const list = readFileSync('examples/README.md', 'utf8')
    expect(manifests.filter(name => !list.includes(`(${name})`))).toEqual([])
  })
})
