import type { Container } from './container.ts'
import type { HTTPGetAction, Lifecycle, LifecycleHandler, Probe } from './handlers.ts'
import { invalidAll, nonNegative, portNumberErrors, requiredUnless, supported } from './pod-field-checks.ts'
import type { PodSpec } from './pod-spec.ts'
import { portNameErrors } from '../names.ts'
import { fieldForbidden, fieldInvalid, fieldRequired, type FieldError } from '../schema/field-error.ts'

type Handler = LifecycleHandler & Pick<Probe, 'grpc'>
type Check = (handler: Handler, path: string, gracePeriod: number) => FieldError[]

const headerName = /^[-A-Za-z0-9]+$/
const headerNameError =
  "a valid HTTP header must consist of alphanumeric characters or '-' (e.g. 'X-Header-Name', regex used for validation is '[-A-Za-z0-9]+')"

const validatePort = (port: number | string, path: string): FieldError[] =>
  invalidAll(path, port, typeof port === 'number' ? portNumberErrors(port) : portNameErrors(port))

const validateHttpGet = (get: HTTPGetAction, path: string): FieldError[] => [
  ...requiredUnless(get.path, `${path}.path`),
  ...validatePort(get.port, `${path}.port`),
  ...supported(`${path}.scheme`, get.scheme ?? '', ['HTTP', 'HTTPS']),
  ...(get.httpHeaders ?? [])
    .filter(({ name }) => !headerName.test(name))
    .map(({ name }) => fieldInvalid(`${path}.httpHeaders`, name, headerNameError)),
]

const checks: Readonly<Record<'exec' | 'httpGet' | 'tcpSocket' | 'grpc' | 'sleep', Check>> = {
  exec: ({ exec }, path) => (exec?.command?.length ? [] : [fieldRequired(`${path}.command`)]),
  httpGet: ({ httpGet }, path) => (httpGet ? validateHttpGet(httpGet, path) : []),
  tcpSocket: ({ tcpSocket }, path) => (tcpSocket ? validatePort(tcpSocket.port, `${path}.port`) : []),
  grpc: ({ grpc }, path) => (grpc ? validatePort(grpc.port, `${path}.port`) : []),
  sleep: ({ sleep }, path, gracePeriod) =>
    sleep && (sleep.seconds < 0 || sleep.seconds > gracePeriod)
      ? [fieldInvalid(path, sleep.seconds, `must be non-negative and less than terminationGracePeriodSeconds (${gracePeriod})`)]
      : [],
}

/** Exactly one handler, and a good one. */
function validateHandler(handler: Handler, gracePeriod: number, path: string): FieldError[] {
  const [first, ...others] = Object.entries(checks).filter(([name]) => handler[name as keyof typeof checks] !== undefined)
  if (!first) return [fieldRequired(path, 'must specify a handler type')]
  const [name, check] = first
  return [
    ...check(handler, `${path}.${name}`, gracePeriod),
    ...others.map(([other]) => fieldForbidden(`${path}.${other}`, 'may not specify more than 1 handler type')),
  ]
}

function validateProbe(probe: Probe, gracePeriod: number, path: string): FieldError[] {
  const { terminationGracePeriodSeconds: seconds } = probe
  const { exec, httpGet, tcpSocket, grpc } = probe
  const handler: Handler = {
    ...(exec ? { exec } : {}),
    ...(httpGet ? { httpGet } : {}),
    ...(tcpSocket ? { tcpSocket } : {}),
    ...(grpc ? { grpc } : {}),
  }
  return [
    ...validateHandler(handler, gracePeriod, path),
    ...nonNegative(probe.initialDelaySeconds, `${path}.initialDelaySeconds`),
    ...nonNegative(probe.timeoutSeconds, `${path}.timeoutSeconds`),
    ...nonNegative(probe.periodSeconds, `${path}.periodSeconds`),
    ...nonNegative(probe.successThreshold, `${path}.successThreshold`),
    ...nonNegative(probe.failureThreshold, `${path}.failureThreshold`),
    ...(seconds !== undefined && seconds <= 0
      ? [fieldInvalid(`${path}.terminationGracePeriodSeconds`, seconds, 'must be greater than 0')]
      : []),
  ]
}

/** Success of the two that kill is a single one; readiness kills nothing, so it has no grace period. */
export function validateProbes(
  container: Pick<Container, 'livenessProbe' | 'readinessProbe' | 'startupProbe'>,
  gracePeriod: number,
  path: string,
): FieldError[] {
  const once = (name: 'livenessProbe' | 'startupProbe') => {
    const probe = container[name]
    if (!probe) return []
    return [
      ...validateProbe(probe, gracePeriod, `${path}.${name}`),
      ...(probe.successThreshold === 1 ? [] : [fieldInvalid(`${path}.${name}.successThreshold`, probe.successThreshold ?? 0, 'must be 1')]),
    ]
  }
  const readiness = container.readinessProbe
  const seconds = readiness?.terminationGracePeriodSeconds
  return [
    ...once('livenessProbe'),
    ...(readiness ? validateProbe(readiness, gracePeriod, `${path}.readinessProbe`) : []),
    ...(seconds === undefined
      ? []
      : [fieldInvalid(`${path}.readinessProbe.terminationGracePeriodSeconds`, seconds, 'must not be set for readinessProbes')]),
    ...once('startupProbe'),
  ]
}

const stopSignals = [
  ...['ABRT', 'ALRM', 'BUS', 'CHLD', 'CLD', 'CONT', 'FPE', 'HUP', 'ILL', 'INT', 'IO', 'IOT', 'KILL', 'PIPE', 'POLL', 'PROF', 'PWR', 'QUIT'],
  ...['RTMAX', ...Array.from({ length: 14 }, (_, index) => `RTMAX-${index + 1}`)],
  ...['RTMIN', ...Array.from({ length: 15 }, (_, index) => `RTMIN+${index + 1}`)],
  ...['SEGV', 'STKFLT', 'STOP', 'SYS', 'TERM', 'TRAP', 'TSTP', 'TTIN', 'TTOU', 'URG', 'USR1', 'USR2', 'VTALRM', 'WINCH', 'XCPU', 'XFSZ'],
]
  .map(name => `SIG${name}`)
  .sort()

function validateStopSignal(signal: string, spec: PodSpec, path: string): FieldError[] {
  if (!spec.os?.name) return [fieldForbidden(path, 'may not be set for containers with empty `spec.os.name`')]
  return supported(path, signal, spec.os.name === 'windows' ? ['SIGKILL', 'SIGTERM'] : stopSignals)
}

export function validateLifecycle(lifecycle: Lifecycle | undefined, spec: PodSpec, path: string): FieldError[] {
  if (!lifecycle) return []
  const gracePeriod = spec.terminationGracePeriodSeconds ?? 0
  return [
    ...eachHandler(lifecycle, (handler, name) => validateHandler(handler, gracePeriod, `${path}.${name}`)),
    ...(lifecycle.stopSignal === undefined ? [] : validateStopSignal(lifecycle.stopSignal, spec, `${path}.stopSignal`)),
  ]
}
const eachHandler = (lifecycle: Lifecycle, check: (handler: LifecycleHandler, name: string) => FieldError[]): FieldError[] =>
  (['postStart', 'preStop'] as const).flatMap(name => {
    const handler = lifecycle[name]
    return handler ? check(handler, name) : []
  })
