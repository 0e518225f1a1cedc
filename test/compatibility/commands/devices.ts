import type { Scenario } from './row.ts'

/** Devices and claims to them, which are kept and checked though nothing allocates them. */
export const devices: Scenario = {
  name: 'devices',
  cleanup: ['kubectl delete deviceclass,resourceslice commands-gpu commands-slice --ignore-not-found'],
  rows: [
    {
      line: 'kubectl apply -f devices.yaml',
      out: 'deviceclass.resource.k8s.io/commands-gpu created\nresourceslice.resource.k8s.io/commands-slice created\nresourceclaim.resource.k8s.io/gpu created\nresourceclaimtemplate.resource.k8s.io/gpus created\npod/claims-gpu created\n',
    },
    {
      line: 'kubectl apply -f devices.yaml',
      out: /^deviceclass.resource.k8s.io\/commands-gpu unchanged\n[^]*pod\/claims-gpu unchanged\n$/,
    },
    { line: 'kubectl get deviceclasses commands-gpu', out: /^NAME +AGE\ncommands-gpu +\w+\n$/ },
    { line: 'kubectl get resourceclaims', out: /^NAME +STATE +AGE\ngpu +pending +\w+\n$/ },
    { line: 'kubectl get resourceclaimtemplates', out: /^NAME +AGE\ngpus +\w+\n$/ },
    {
      line: 'kubectl get resourceslices --field-selector spec.driver=gpu.example.com',
      out: /^NAME +NODE +DRIVER +POOL +AGE\ncommands-slice +node-1 +gpu\.example\.com +node-1 +\w+\n$/,
    },
    { line: "kubectl get resourceclaim gpu -o jsonpath='{.spec.devices.requests[0].exactly.count}'", out: '1' },
    { line: 'kubectl describe resourceclaim gpu', out: /^Name: +gpu\n[^]*Device Class Name: +commands-gpu\n[^]*Events: +<none>\n$/i },
    { line: 'kubectl explain resourceclaim.spec.devices.requests.exactly', out: /deviceClassName\t<string> -required-/ },
    { line: 'kubectl api-resources --api-group=resource.k8s.io', out: /^resourceslices +resource\.k8s\.io\/v1 +false +ResourceSlice$/m },
    {
      line: `kubectl patch resourceclaim gpu --type merge -p '{"spec":{"devices":null}}'`,
      code: 1,
      err: /^The ResourceClaim "gpu" is invalid: spec: Invalid value: .*: field is immutable\n$/,
    },
    {
      line: `kubectl patch deviceclass commands-gpu --type merge -p '{"spec":{"selectors":[{"cel":{"expression":"device.colour"}}]}}'`,
      code: 1,
      err: /spec\.selectors\[0\]\.cel\.expression: Invalid value: "device.colour": compilation failed: ERROR: <input>:1:7: undefined field 'colour'\n/,
    },
    { line: 'kubectl get pod claims-gpu', out: /^claims-gpu +0\/1 +Pending +0 /m },
    {
      line: "kubectl wait --for=jsonpath='{.status.conditions[0].reason}'=Unschedulable pod/claims-gpu --timeout=30s",
      out: 'pod/claims-gpu condition met\n',
    },
    { line: 'kubectl delete resourceclaims --all', out: /^resourceclaim.resource.k8s.io "gpu" deleted/ },
  ],
}
