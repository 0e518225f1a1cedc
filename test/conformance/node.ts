import { by, type Behaviours } from './shown-by.ts'

const containers = (title: string) => by('test/e2e/conformance-node.test.ts', title)
const pods = (title: string) => by('test/e2e/conformance-node-pods.test.ts', title)
const objects = (title: string) => by('test/integration/conformance/node-objects.test.ts', title)
const api = (title: string) => by('test/integration/conformance/node-pods.test.ts', title)
const debug = (title: string) => by('test/e2e/debug.test.ts', title)
const security = (title: string) => by('test/e2e/security.test.ts', title)
const identity = (title: string) => by('test/e2e/identity.test.ts', title)
const scheduling = (title: string) => by('test/e2e/scheduling.test.ts', title)

const given = containers('have what %s says')
const lives = objects('are made, read, found, changed, patched, heard of and deleted: $name')
const resized = pods('get what a resize of their containers asks for, without a restart: %s')
const leftAlone = pods('are left alone while their probe is well, or only says that they are not ready')
const startedAgain = pods('are started again when their probe says so, and count it: %s')
const subPaths = containers('wait with a configuration error when their sub-path expands to nothing good, and go on when it does')
const hooks = pods('say to a server of another pod what hooks are for')
const initContainers = containers('are ready when all init containers were, and never begin when one of them failed')
const patched = api('are changed by a strategic patch of labels and image, say what their status is told, and go by collection')
const generations = api('count the changes of what they are to be, and nothing else')
const runtimeClasses = api('have to be of a runtime class that is there, and get its overhead')

/** Of pods and nodes. */
export const nodeBehaviours: Behaviours = {
  '[sig-node] ConfigMap should be consumable as environment variable names with various prefixes [Conformance]': given,
  '[sig-node] ConfigMap should be consumable via environment variable [NodeConformance] [Conformance]': given,
  '[sig-node] ConfigMap should be consumable via the environment [NodeConformance] [Conformance]': given,
  '[sig-node] ConfigMap should fail to create ConfigMap with empty key [Conformance]': objects(
    'are replaced by who does not know what is there, and have no keys without a name',
  ),
  '[sig-node] ConfigMap should run through a ConfigMap lifecycle [Conformance]': lives,
  '[sig-node] ConfigMap should update ConfigMap successfully [NodeConformance] [Conformance]': objects(
    'are replaced by who does not know what is there, and have no keys without a name',
  ),
  '[sig-node] Container Lifecycle Hook when create a pod with lifecycle hook should execute poststart exec hook properly [NodeConformance] [Conformance]':
    hooks,
  '[sig-node] Container Lifecycle Hook when create a pod with lifecycle hook should execute poststart http hook properly [NodeConformance] [Conformance]':
    hooks,
  '[sig-node] Container Lifecycle Hook when create a pod with lifecycle hook should execute prestop exec hook properly [NodeConformance] [Conformance]':
    hooks,
  '[sig-node] Container Lifecycle Hook when create a pod with lifecycle hook should execute prestop http hook properly [NodeConformance] [Conformance]':
    hooks,
  '[sig-node] Container Runtime blackbox test on terminated container should report termination message as empty when pod succeeds and TerminationMessagePolicy FallbackToLogsOnError is set [NodeConformance] [Conformance]':
    debug('takes the end of the log for it when a container failed without one'),
  '[sig-node] Container Runtime blackbox test on terminated container should report termination message from file when pod succeeds and TerminationMessagePolicy FallbackToLogsOnError is set [NodeConformance] [Conformance]':
    containers('leave their last words as any user, and not those of the log where they left some'),
  '[sig-node] Container Runtime blackbox test on terminated container should report termination message from log output if TerminationMessagePolicy FallbackToLogsOnError is set [NodeConformance] [Conformance]':
    debug('takes the end of the log for it when a container failed without one'),
  '[sig-node] Container Runtime blackbox test on terminated container should report termination message if TerminationMessagePath is set as non-root user and at a non-default path [NodeConformance] [Conformance]':
    containers('leave their last words as any user, and not those of the log where they left some'),
  '[sig-node] Container Runtime blackbox test when starting a container that exits should run with the expected status [NodeConformance] [Conformance]':
    pods('are started again as often as the policy of the pod says'),
  "[sig-node] Containers should be able to override the image's default arguments (container cmd) [NodeConformance] [Conformance]": given,
  "[sig-node] Containers should be able to override the image's default command (container entrypoint) [NodeConformance] [Conformance]":
    given,
  "[sig-node] Containers should be able to override the image's default command and arguments [NodeConformance] [Conformance]": given,
  '[sig-node] Containers should use the image defaults if command and args are blank [NodeConformance] [Conformance]': given,
  "[sig-node] Downward API should provide container's limits.cpu/memory and requests.cpu/memory as env vars [NodeConformance] [Conformance]":
    given,
  '[sig-node] Downward API should provide default limits.cpu/memory from node allocatable [NodeConformance] [Conformance]': given,
  '[sig-node] Downward API should provide host IP as an env var [NodeConformance] [Conformance]': given,
  '[sig-node] Downward API should provide hostIPs as an env var [NodeConformance] [Conformance]': given,
  '[sig-node] Downward API should provide pod UID as env vars [NodeConformance] [Conformance]': given,
  '[sig-node] Downward API should provide pod name, namespace and IP address as env vars [NodeConformance] [Conformance]': given,
  '[sig-node] Ephemeral Containers [NodeConformance] should update the ephemeral containers in an existing pod [Conformance]': api(
    'get further containers for debugging by their subresource, which shows the whole pod',
  ),
  '[sig-node] Ephemeral Containers [NodeConformance] will start an ephemeral container in an existing pod [Conformance]': debug(
    'adds a container that sees the processes of another, talks to its client, and is never started again',
  ),
  '[sig-node] ImageVolume should succeed with pod and pull policy of Always [LinuxOnly] [MinimumKubeletVersion:1.35] [Conformance]':
    containers('see the files of an image that is pulled anew for them'),
  '[sig-node] InitContainer [NodeConformance] should invoke init containers on a RestartAlways pod [Conformance]': initContainers,
  '[sig-node] InitContainer [NodeConformance] should invoke init containers on a RestartNever pod [Conformance]': initContainers,
  '[sig-node] InitContainer [NodeConformance] should not start app containers and fail the pod if init containers fail on a RestartNever pod [Conformance]':
    initContainers,
  '[sig-node] InitContainer [NodeConformance] should not start app containers if init containers fail on a RestartAlways pod [Conformance]':
    initContainers,
  '[sig-node] Kubelet when scheduling a busybox command in a pod should print the output to logs [NodeConformance] [Conformance]': given,
  '[sig-node] Kubelet when scheduling a busybox command that always fails in a pod should be possible to delete [NodeConformance] [Conformance]':
    containers('say why they ended, however often they do, and can be deleted all the same'),
  '[sig-node] Kubelet when scheduling a busybox command that always fails in a pod should have an terminated reason [NodeConformance] [Conformance]':
    containers('say why they ended, however often they do, and can be deleted all the same'),
  '[sig-node] Kubelet when scheduling a read only busybox container should not write to root filesystem [LinuxOnly] [NodeConformance] [Conformance]':
    security('keeps a read-only image from being written to, but not volumes'),
  '[sig-node] Kubelet when scheduling an agnhost Pod with hostAliases should write entries to /etc/hosts [NodeConformance] [Conformance]':
    identity('calls the pod %s what it is to be called, to the byte'),
  '[sig-node] KubeletManagedEtcHosts should test kubelet managed /etc/hosts file [NodeConformance] [Conformance]': containers(
    'have a hosts file that the node writes, unless they mount one or use the network of the node',
  ),
  '[sig-node] Lease lease API should be available [Conformance]': lives,
  '[sig-node] NoExecuteTaintManager Multiple Pods [Serial] evicts pods with minTolerationSeconds [Disruptive] [Conformance]': scheduling(
    'evicts by taints, at once or after a while, and lets pods in again when they are gone',
  ),
  '[sig-node] NoExecuteTaintManager Single Pod [Serial] removing taint cancels eviction [Disruptive] [Conformance]': api(
    'stay on a node whose taint is gone before they have to leave',
  ),
  '[sig-node] Node Lifecycle should run through the lifecycle of a node [Conformance]': lives,
  '[sig-node] Pod InPlace Resize Container burstable pods - extended 6 containers - various operations performed (including adding limits and requests) [MinimumKubeletVersion:1.34] [Conformance]':
    resized,
  '[sig-node] Pod InPlace Resize Container burstable pods - extended resize with equivalents [MinimumKubeletVersion:1.34] [Conformance]':
    resized,
  '[sig-node] Pod InPlace Resize Container guaranteed pods with multiple containers 3 containers - increase cpu & mem on c1, c2, decrease cpu & mem on c3 - net increase [MinimumKubeletVersion:1.34] [Conformance]':
    resized,
  '[sig-node] Pod InPlace Resize Container guaranteed pods with multiple containers 3 containers - increase cpu & mem on c1, decrease cpu & mem on c2, c3 - net decrease [MinimumKubeletVersion:1.34] [Conformance]':
    resized,
  '[sig-node] Pod InPlace Resize Container guaranteed pods with multiple containers 3 containers - increase: CPU (c1,c3), memory (c2, c3) ; decrease: CPU (c2) [MinimumKubeletVersion:1.34] [Conformance]':
    resized,
  '[sig-node] Pod InPlace Resize Container resize pod via the replace endpoint [MinimumKubeletVersion:1.34] [Conformance]': api(
    'are resized by a replacement too, and the subresource shows the whole pod',
  ),
  '[sig-node] PodTemplates should delete a collection of pod templates [Conformance]': lives,
  '[sig-node] PodTemplates should replace a pod template [Conformance]': lives,
  '[sig-node] PodTemplates should run the lifecycle of PodTemplates [Conformance]': lives,
  '[sig-node] Pods Extended (pod generation) Pod Generation custom-set generation on new pods and graceful delete [Conformance]':
    generations,
  '[sig-node] Pods Extended (pod generation) Pod Generation issue 500 podspec updates and verify generation and observedGeneration eventually converge [MinimumKubeletVersion:1.34] [Conformance]':
    pods('converge to the newest of five hundred changes'),
  '[sig-node] Pods Extended (pod generation) Pod Generation pod generation should start at 1 and increment per update [MinimumKubeletVersion:1.34] [Conformance]':
    generations,
  '[sig-node] Pods Extended Pods Set QOS Class should be set on Pods with matching resource requests and limits for memory and cpu [Conformance]':
    api('are Guaranteed when requests and limits are the same'),
  '[sig-node] Pods should allow activeDeadlineSeconds to be updated [NodeConformance] [Conformance]': pods(
    'end by a deadline that they get while they run',
  ),
  '[sig-node] Pods should be submitted and removed [NodeConformance] [Conformance]': api(
    'are found by labels, before and after these change, and not once they are gone',
  ),
  '[sig-node] Pods should be updated [NodeConformance] [Conformance]': api(
    'are found by labels, before and after these change, and not once they are gone',
  ),
  '[sig-node] Pods should contain environment variables for services [NodeConformance] [Conformance]': identity(
    'tells containers of the services that there are, and always of the API server',
  ),
  '[sig-node] Pods should delete a collection of pods [Conformance]': patched,
  '[sig-node] Pods should get a host IP [NodeConformance] [Conformance]': identity(
    'expands variables, and gives fields of the pod and resources of the container',
  ),
  '[sig-node] Pods should patch a pod status [Conformance]': patched,
  '[sig-node] Pods should run through the lifecycle of Pods and PodStatus [Conformance]': patched,
  '[sig-node] Pods should support remote command execution over websockets [NodeConformance] [Conformance]': pods(
    'run commands and show their logs over a WebSocket',
  ),
  '[sig-node] Pods should support retrieving logs from the container over websockets [NodeConformance] [Conformance]': pods(
    'run commands and show their logs over a WebSocket',
  ),
  '[sig-node] PreStop should call prestop when killing a pod [Conformance]': hooks,
  '[sig-node] Probing container should *not* be restarted with a /healthz http liveness probe [NodeConformance] [Conformance]': leftAlone,
  '[sig-node] Probing container should *not* be restarted with a GRPC liveness probe [NodeConformance] [Conformance]': leftAlone,
  '[sig-node] Probing container should *not* be restarted with a exec "cat /tmp/health" liveness probe [NodeConformance] [Conformance]':
    leftAlone,
  '[sig-node] Probing container should *not* be restarted with a tcp:8080 liveness probe [NodeConformance] [Conformance]': leftAlone,
  '[sig-node] Probing container should be restarted with a /healthz http liveness probe [NodeConformance] [Conformance]': startedAgain,
  '[sig-node] Probing container should be restarted with a GRPC liveness probe [NodeConformance] [Conformance]': startedAgain,
  '[sig-node] Probing container should be restarted with a exec "cat /tmp/health" liveness probe [NodeConformance] [Conformance]':
    startedAgain,
  '[sig-node] Probing container should have monotonically increasing restart count [NodeConformance] [Conformance]': startedAgain,
  '[sig-node] Probing container with readiness probe should not be ready before initial delay and never restart [NodeConformance] [Conformance]':
    pods('are ready only after the delay of their probe'),
  '[sig-node] Probing container with readiness probe that fails should never be ready and never restart [NodeConformance] [Conformance]':
    leftAlone,
  '[sig-node] RuntimeClass should reject a Pod requesting a deleted RuntimeClass [NodeConformance] [Conformance]': runtimeClasses,
  '[sig-node] RuntimeClass should reject a Pod requesting a non-existent RuntimeClass [NodeConformance] [Conformance]': runtimeClasses,
  '[sig-node] RuntimeClass should schedule a Pod requesting a RuntimeClass and initialize its Overhead [NodeConformance] [Conformance]':
    runtimeClasses,
  '[sig-node] RuntimeClass should schedule a Pod requesting a RuntimeClass without PodOverhead [NodeConformance] [Conformance]':
    runtimeClasses,
  '[sig-node] RuntimeClass should support RuntimeClasses API operations [Conformance]': lives,
  '[sig-node] Secrets should be consumable as environment variable names variable names with various prefixes [Conformance]': given,
  '[sig-node] Secrets should be consumable from pods in env vars [NodeConformance] [Conformance]': given,
  '[sig-node] Secrets should be consumable via the environment [NodeConformance] [Conformance]': given,
  '[sig-node] Secrets should fail to create secret due to empty secret key [Conformance]': objects(
    'are replaced by who does not know what is there, and have no keys without a name',
  ),
  '[sig-node] Secrets should patch a secret [Conformance]': lives,
  '[sig-node] Security Context When creating a container with runAsUser should run the container with uid 65534 [LinuxOnly] [NodeConformance] [Conformance]':
    given,
  '[sig-node] Security Context When creating a pod with privileged should run the container as unprivileged when false [LinuxOnly] [NodeConformance] [Conformance]':
    given,
  '[sig-node] Security Context When creating a pod with readOnlyRootFilesystem should run the container with writable rootfs when readOnlyRootFilesystem=false [NodeConformance] [Conformance]':
    given,
  '[sig-node] Security Context should support container.SecurityContext.RunAsUser And container.SecurityContext.RunAsGroup [LinuxOnly] [Conformance]':
    given,
  '[sig-node] Security Context should support pod.Spec.SecurityContext.RunAsUser And pod.Spec.SecurityContext.RunAsGroup [LinuxOnly] [Conformance]':
    given,
  '[sig-node] Security Context when creating containers with AllowPrivilegeEscalation should not allow privilege escalation when false [LinuxOnly] [NodeConformance] [Conformance]':
    security('gives the first process of %s the rights it asks for'),
  '[sig-node] Sysctls [LinuxOnly] [NodeConformance] should reject invalid sysctls [Conformance]': api(
    'are refused with kernel settings whose names are none',
  ),
  '[sig-node] Sysctls [LinuxOnly] [NodeConformance] should support sysctls [Environment:NotInUserNS] [Conformance]': security(
    'sets safe kernel settings and forbids the others',
  ),
  '[sig-node] Variable Expansion should allow composing env vars into new env vars [NodeConformance] [Conformance]': given,
  "[sig-node] Variable Expansion should allow substituting values in a container's args [NodeConformance] [Conformance]": given,
  "[sig-node] Variable Expansion should allow substituting values in a container's command [NodeConformance] [Conformance]": given,
  '[sig-node] Variable Expansion should allow substituting values in a volume subpath [Conformance]': given,
  '[sig-node] Variable Expansion should fail substituting values in a volume subpath with absolute path [Conformance]': subPaths,
  '[sig-node] Variable Expansion should fail substituting values in a volume subpath with backticks [Conformance]': subPaths,
  '[sig-node] Variable Expansion should succeed in writing subpaths in container [Conformance]': subPaths,
  '[sig-node] Variable Expansion should verify that a failing subpath expansion can be modified during the lifecycle of a container [Slow] [Conformance]':
    subPaths,
  '[sig-node] [DRA] CRUD Tests resource.k8s.io/v1 DeviceClass [Conformance]': lives,
  '[sig-node] [DRA] CRUD Tests resource.k8s.io/v1 ResourceClaim [Conformance]': lives,
  '[sig-node] [DRA] CRUD Tests resource.k8s.io/v1 ResourceClaimTemplate [Conformance]': lives,
  '[sig-node] [DRA] CRUD Tests resource.k8s.io/v1 ResourceSlice [Conformance]': lives,
}
