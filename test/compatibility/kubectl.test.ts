import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { CompatibilityTable } from '../support/compatibility-table.ts'
import { eventually } from '../support/eventually.ts'
import { kubectlAt, kubectlSample } from '../support/kubectl.ts'
import { ownNamespace, testCluster } from '../support/test-cluster.ts'
import { access } from './access.ts'
import { changing } from './changing.ts'
import { deployment, type Context } from './context.ts'
import { customResources } from './custom-resources.ts'
import { kinds } from './kinds.ts'
import { nodes } from './nodes.ts'
import { policies } from './policies.ts'
import { reading } from './reading.ts'
import { running } from './running.ts'

const kubectls = kubectlSample('both').map(path => kubectlAt(path, testCluster.kubeconfig))
const table = new CompatibilityTable('commands')

afterAll(() => {
  if (process.env['KUBELING_UPDATE_DOCS'] === '1') table.writeTo('docs/compatibility.md')
})

describe.each(kubectls.map(kubectl => [kubectl.version, kubectl] as const))('kubectl %s', (version, kubectl) => {
  const name = `compat-${version.replaceAll(/[^0-9]+/g, '-').replace(/^-|-$/g, '')}`
  const in_ = `-n ${name}`
  const command: Context['command'] = (row, does, test, seconds = 60) =>
    it(
      `${row}: ${does}`,
      async () => {
        try {
          await test()
          table.record(row, version, 'works')
        } catch (error) {
          table.record(row, version, 'fails')
          throw error
        }
      },
      seconds * 1000,
    )
  const context: Context = { kubectl, namespace: name, in_, command }

  let namespace: AsyncDisposable
  beforeAll(async () => {
    namespace = await ownNamespace(kubectl, name)
  }, 60_000)
  afterAll(async () => {
    await namespace[Symbol.asyncDispose]()
  }, 120_000)

  command('apply', 'says created, then unchanged, then configured', async () => {
    const apply = (input: string) => kubectl(`apply ${in_} -f -`, { input })
    expect(await apply(deployment)).toBe('deployment.apps/web created\n')
    expect(await apply(deployment)).toBe('deployment.apps/web unchanged\n')
    expect(await apply(deployment.replace('replicas: 2', 'replicas: 1'))).toBe('deployment.apps/web configured\n')
    expect(await kubectl(`rollout status deployment/web ${in_} --timeout=60s`)).toContain('successfully rolled out')
    // The status does not count the pod that is on its way out.
    await eventually(async () => (await kubectl(`get pods -l app=web ${in_} -o name`)).split('\n').length === 2, { what: 'one pod left' })
  })
  reading(context)
  changing(context)
  kinds(context)
  customResources(context)
  access(context)
  running(context)
  nodes(context)
  policies(context)
})
