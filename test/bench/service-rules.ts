import type Docker from 'dockerode'
import { pack } from 'tar-stream'
import { finished } from '../../agent/runtime/docker/volume-tar.ts'
import { baseChains } from '../../agent/network/proxy/base-rules.ts'
import { mergeRules, type RulePart } from '../../agent/network/proxy/rule-set.ts'
import { differenceScript, fullScript } from '../../agent/network/proxy/table-script.ts'
import { at, facts, rulesOf, serviceOf, sliceOf } from '../../agent/network/proxy/testing.ts'
import { percentile, type Figure } from './figures.ts'

const SERVICES = 5000
const CHANGES = 20

const addressOf = (prefix: string, index: number) => `${prefix}.${index >> 8}.${index & 255}`
const partOf = (index: number, last = 2): RulePart => {
  const clusterIP = addressOf('10.96', index + 256)
  const endpoints = [at(addressOf('10.244', index)), at(addressOf('10.245', index * 2 + last))]
  return rulesOf(serviceOf({ clusterIP, clusterIPs: [clusterIP] }), [sliceOf(endpoints)])
}

/** What the service proxy of a node costs with very many services: its own work, and the kernel's in a namespace of its own. */
export async function serviceRuleFigures(docker: Docker): Promise<Figure[]> {
  const parts = Array.from({ length: SERVICES }, (_, index) => partOf(index))
  const before = mergeRules(parts)
  const samples: number[] = []
  const scripts = [fullScript(before, facts)]
  let current = before
  for (let change = 0; change < CHANGES; change++) {
    parts[change * 7] = partOf(change * 7, 5)
    const started = performance.now()
    const next = mergeRules(parts)
    scripts.push(differenceScript(current, next))
    samples.push(performance.now() - started)
    current = next
  }
  scripts.push(fullScript(current, facts))
  const loads = await loadInKernel(docker, scripts)
  const differences = loads.slice(1, -1)
  const total = differences.map((load, index) => load + (samples[index] ?? 0))
  return [
    { name: 'one endpoint of 10,000 changes, p50', value: percentile(total, 0.5), unit: 'ms', aim: { bound: 'most', value: 300 } },
    { name: '  of that in nft and the kernel', value: percentile(differences, 0.5), unit: 'ms' },
    { name: 'one endpoint changes, longest', value: Math.max(...total), unit: 'ms', aim: { bound: 'most', value: 300 } },
    { name: 'the whole table, first', value: loads[0] ?? 0, unit: 'ms' },
    { name: 'the whole table, again', value: loads.at(-1) ?? 0, unit: 'ms' },
    { name: 'chains for 5,000 services', value: current.chains.size + baseChains(facts).size, unit: '' },
  ]
}

const program = `
const { execFileSync } = require('child_process')
const scripts = JSON.parse(require('fs').readFileSync('/scripts.json'))
console.log('milliseconds: ' + scripts.map(input => {
  const started = performance.now()
  execFileSync('nft', ['-f', '-'], { input })
  return performance.now() - started
}).join(' '))`

/** Milliseconds that each script takes, one after another, in an empty network namespace. */
async function loadInKernel(docker: Docker, scripts: readonly string[]): Promise<number[]> {
  const container = await docker.createContainer({
    Image: 'kubeling/base',
    Entrypoint: ['node', '-e', program],
    HostConfig: { NetworkMode: 'none', CapAdd: ['NET_ADMIN'] },
    Tty: true,
  })
  try {
    const archive = pack()
    archive.entry({ name: 'scripts.json' }, JSON.stringify(scripts))
    await container.putArchive(await finished(archive), { path: '/' })
    await container.start()
    const { StatusCode } = (await container.wait()) as { StatusCode: number }
    const output = (await container.logs({ stdout: true, stderr: true })).toString()
    if (StatusCode !== 0) throw new Error(`nft did not take the rules: ${output}`)
    return (/seconds: ([\d. ]+)/.exec(output)?.[1] ?? '').trim().split(' ').map(Number)
  } finally {
    await container.remove({ force: true })
  }
}
