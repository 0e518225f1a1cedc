import { int32, int64, intOrString, list, message, oneOf, optional, required, string, type Static } from '../schema/schema.ts'

export const ExecAction = message('io.k8s.api.core.v1.ExecAction', '', {
  command: optional(1, list(string()), ''),
})
export type ExecAction = Static<typeof ExecAction>

export const HTTPHeader = message('io.k8s.api.core.v1.HTTPHeader', '', {
  name: required(1, string(), ''),
  value: required(2, string(), ''),
})
export type HTTPHeader = Static<typeof HTTPHeader>

export const HTTPGetAction = message('io.k8s.api.core.v1.HTTPGetAction', '', {
  path: optional(1, string({ default: '/' }), ''),
  port: required(2, intOrString(), ''),
  host: optional(3, string(), ''),
  scheme: optional(4, oneOf(['HTTP', 'HTTPS'], { default: 'HTTP' }), ''),
  httpHeaders: optional(5, list(HTTPHeader), ''),
})
export type HTTPGetAction = Static<typeof HTTPGetAction>

export const TCPSocketAction = message('io.k8s.api.core.v1.TCPSocketAction', '', {
  port: required(1, intOrString(), ''),
  host: optional(2, string(), ''),
})
export type TCPSocketAction = Static<typeof TCPSocketAction>

export const GRPCAction = message('io.k8s.api.core.v1.GRPCAction', '', {
  port: required(1, int32(), ''),
  service: optional(2, string({ default: '', presence: 'pointer' }), ''),
})
export type GRPCAction = Static<typeof GRPCAction>

export const SleepAction = message('io.k8s.api.core.v1.SleepAction', '', {
  seconds: required(1, int64(), ''),
})
export type SleepAction = Static<typeof SleepAction>

export const LifecycleHandler = message('io.k8s.api.core.v1.LifecycleHandler', '', {
  exec: optional(1, ExecAction, ''),
  httpGet: optional(2, HTTPGetAction, ''),
  tcpSocket: optional(3, TCPSocketAction, ''),
  sleep: optional(4, SleepAction, ''),
})
export type LifecycleHandler = Static<typeof LifecycleHandler>

export const Lifecycle = message('io.k8s.api.core.v1.Lifecycle', '', {
  postStart: optional(1, LifecycleHandler, ''),
  preStop: optional(2, LifecycleHandler, ''),
  stopSignal: optional(3, string({ presence: 'pointer' }), ''),
})
export type Lifecycle = Static<typeof Lifecycle>

export const Probe = message('io.k8s.api.core.v1.Probe', '', {
  exec: optional(0, ExecAction, ''),
  grpc: optional(0, GRPCAction, ''),
  httpGet: optional(0, HTTPGetAction, ''),
  tcpSocket: optional(0, TCPSocketAction, ''),
  initialDelaySeconds: optional(2, int32(), ''),
  timeoutSeconds: optional(3, int32({ default: 1 }), ''),
  periodSeconds: optional(4, int32({ default: 10 }), ''),
  successThreshold: optional(5, int32({ default: 1 }), ''),
  failureThreshold: optional(6, int32({ default: 3 }), ''),
  terminationGracePeriodSeconds: optional(7, int64({ presence: 'pointer' }), ''),
})
export type Probe = Static<typeof Probe>
