import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import type { Figure } from './figures.ts'

const execute = promisify(execFile)
const programs = [
  { service: 'control-plane', aim: 150 },
  { service: 'node-1', aim: 80 },
] as const

/** Resident memory of the programs of a running cluster, in MB, and the share of a CPU they use while nothing happens. */
export async function memoryFigures(cluster: string): Promise<Figure[]> {
  const figures = await Promise.all(
    programs.map(async ({ service, aim }) => {
      const id = await containerOf(cluster, service)
      const begin = await usage(id)
      await new Promise(resolve => setTimeout(resolve, 10_000))
      const end = await usage(id)
      return [
        { name: `${service}, resident`, value: end.megabytes, unit: 'MB', aim: { bound: 'most' as const, value: aim } },
        { name: `${service}, CPU while idle`, value: ((end.cpuSeconds - begin.cpuSeconds) / 10) * 100, unit: '%' },
      ]
    }),
  )
  return figures.flat()
}

async function containerOf(cluster: string, service: string): Promise<string> {
  const filters = [`label=io.kubeling.cluster=${cluster}`, `label=com.docker.compose.service=${service}`]
  const { stdout } = await execute('docker', ['ps', '-q', ...filters.flatMap(filter => ['--filter', filter])])
  return stdout.trim()
}

/** Of all processes in the container together. */
async function usage(container: string): Promise<{ megabytes: number; cpuSeconds: number }> {
  const script = 'for p in /proc/[0-9]*; do grep VmRSS $p/status; cat $p/stat; done 2>/dev/null'
  const { stdout } = await execute('docker', ['exec', container, 'sh', '-c', script])
  let [kilobytes, ticks] = [0, 0]
  for (const line of stdout.split('\n')) {
    const resident = /^VmRSS:\s+(\d+) kB/.exec(line)
    if (resident) kilobytes += Number(resident[1])
    else {
      const fields = line.replace(/^.*\) /, '').split(' ')
      ticks += Number(fields[11] ?? 0) + Number(fields[12] ?? 0)
    }
  }
  return { megabytes: kilobytes / 1024, cpuSeconds: ticks / 100 }
}
