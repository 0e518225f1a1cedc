import { expect, it } from '@jest/globals'
import { soak } from '../../soak/soak.ts'
import { run } from '../../support/shell.ts'
import { docker, kubectlOfCluster, testCluster } from '../../support/test-cluster.ts'

const kubectl = kubectlOfCluster()

it('loses nothing, lies about nothing and leaves nothing behind while pods come and go and parts of it are killed', async () => {
  const seed = Number(process.env['KUBELING_SOAK_SEED'] ?? Date.now() % 1_000_000)
  const target = {
    cluster: testCluster.name,
    kubectl: (args: readonly string[], options = {}) => run(kubectl.path, args, { ...options, env: { ...kubectl.env } }),
    docker,
  }
  const report = await soak(target, { seconds: 30, seed, mostPods: 8, say: text => console.log(`soak: ${text}`) })
  console.log('soak: resident MB', JSON.stringify(report.memoryBefore), '→', JSON.stringify(report.memoryAfter))
  expect(report.steps['create']).toBeGreaterThan(0)
}, 600_000)
