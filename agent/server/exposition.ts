/** Metrics of one name that are worked out when they are asked for. */
export interface MetricFamily {
  readonly name: string
  readonly help: string
  readonly type: 'counter' | 'gauge'
  readonly samples: readonly Sample[]
}
export interface Sample {
  readonly labels?: Readonly<Record<string, string>>
  readonly value: number
  /** When it was measured: RFC 3339. */
  readonly time?: string
}

export const expositionType = 'text/plain; version=0.0.4; charset=utf-8'

/** Prometheus' text format. Written here because the library has no samples with a time of their own. */
export function exposition(families: readonly MetricFamily[]): string {
  return families
    .filter(({ samples }) => samples.length > 0)
    .map(({ name, help, type, samples }) => [`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`, ...samples.map(line(name)), ''].join('\n'))
    .join('')
}

const line =
  (name: string) =>
  ({ labels = {}, value, time }: Sample): string => {
    const pairs = Object.entries(labels).map(([label, text]) => `${label}="${escaped(text)}"`)
    return `${name}${pairs.length > 0 ? `{${pairs.join(',')}}` : ''} ${value}${time ? ` ${Date.parse(time)}` : ''}`
  }

const escaped = (text: string): string => text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')
