import { int32, int64, intOrString, list, message, oneOf, optional, required, string, type Static } from '../schema/schema.ts'

export const ExecAction = message('io.k8s.api.core.v1.ExecAction', 'A command run in the container; exit code 0 is success.', {
  command: optional(1, list(string()), "Program and arguments, started without a shell, in the container's root directory."),
})
export type ExecAction = Static<typeof ExecAction>

export const HTTPHeader = message('io.k8s.api.core.v1.HTTPHeader', 'A header of an HTTP request.', {
  name: required(1, string(), 'Name of the header.'),
  value: required(2, string(), 'Value of the header.'),
})
export type HTTPHeader = Static<typeof HTTPHeader>

export const HTTPGetAction = message('io.k8s.api.core.v1.HTTPGetAction', 'An HTTP GET; status 200 to 399 is success.', {
  path: optional(1, string({ default: '/' }), 'Path to ask for. Default `/`.'),
  port: required(2, intOrString(), "Number of the port, or its name among the container's ports."),
  host: optional(3, string(), "Host to connect to. Default: the pod's address."),
  scheme: optional(4, oneOf(['HTTP', 'HTTPS'], { default: 'HTTP' }), '`HTTP` (default) or `HTTPS`, whose certificate is not checked.'),
  httpHeaders: optional(5, list(HTTPHeader), 'Headers to send; names may repeat.'),
})
export type HTTPGetAction = Static<typeof HTTPGetAction>

export const TCPSocketAction = message('io.k8s.api.core.v1.TCPSocketAction', 'A TCP connection; success when it can be opened.', {
  port: required(1, intOrString(), "Number of the port, or its name among the container's ports."),
  host: optional(2, string(), "Host to connect to. Default: the pod's address."),
})
export type TCPSocketAction = Static<typeof TCPSocketAction>

export const GRPCAction = message('io.k8s.api.core.v1.GRPCAction', 'A call of the gRPC health service; success when it answers SERVING.', {
  port: required(1, int32(), 'Number of the port.'),
  service: optional(2, string({ default: '', presence: 'pointer' }), 'Service to ask about; empty for the server as a whole.'),
})
export type GRPCAction = Static<typeof GRPCAction>

export const SleepAction = message('io.k8s.api.core.v1.SleepAction', 'A pause.', {
  seconds: required(1, int64(), 'How long, in seconds.'),
})
export type SleepAction = Static<typeof SleepAction>

export const LifecycleHandler = message(
  'io.k8s.api.core.v1.LifecycleHandler',
  "What to do at a moment of a container's life; exactly one.",
  {
    exec: optional(1, ExecAction, 'Runs a command in the container.'),
    httpGet: optional(2, HTTPGetAction, 'Sends an HTTP request.'),
    tcpSocket: optional(3, TCPSocketAction, 'Not carried out; accepted for compatibility.'),
    sleep: optional(4, SleepAction, 'Waits for some seconds.'),
  },
)
export type LifecycleHandler = Static<typeof LifecycleHandler>

export const Lifecycle = message('io.k8s.api.core.v1.Lifecycle', 'Hooks after the start and before the stop of a container.', {
  postStart: optional(1, LifecycleHandler, 'Run right after the container starts; the container is killed when it fails.'),
  preStop: optional(2, LifecycleHandler, 'Run before the container is told to stop; its time counts towards the grace period.'),
  stopSignal: optional(
    3,
    string({ presence: 'pointer' }),
    "Signal that asks the container to stop; by default the image's, else SIGTERM. Needs `spec.os.name`.",
  ),
})
export type Lifecycle = Static<typeof Lifecycle>

export const Probe = message('io.k8s.api.core.v1.Probe', 'A check that is repeated while a container runs.', {
  exec: optional(0, ExecAction, 'Checks by running a command.'),
  grpc: optional(0, GRPCAction, 'Checks by the gRPC health service.'),
  httpGet: optional(0, HTTPGetAction, 'Checks by an HTTP request.'),
  tcpSocket: optional(0, TCPSocketAction, 'Checks by opening a connection.'),
  initialDelaySeconds: optional(2, int32(), "Seconds after the container's start before the first check. Default 0."),
  timeoutSeconds: optional(3, int32({ default: 1 }), 'Seconds after which a check counts as failed. Default 1.'),
  periodSeconds: optional(4, int32({ default: 10 }), 'Seconds between checks. Default 10.'),
  successThreshold: optional(
    5,
    int32({ default: 1 }),
    'Successes in a row after which a failed probe counts as passing again. Default 1, the only value for liveness and startup.',
  ),
  failureThreshold: optional(6, int32({ default: 3 }), 'Failures in a row after which the probe counts as failed. Default 3.'),
  terminationGracePeriodSeconds: optional(
    7,
    int64({ presence: 'pointer' }),
    "Grace period for the container when this probe fails; by default the pod's.",
  ),
})
export type Probe = Static<typeof Probe>
