import type { Scenario } from './row.ts'

/** Stateful sets and their claims. */
export const sets: Scenario = {
  name: 'sets',
  setup: ['kubectl apply -f stateful-set.yaml -f my-sts.yaml -f claim.yaml', 'kubectl create configmap held --from-literal=a=b'],
  rows: [
    { line: 'kubectl get sts my-sts', out: /^NAME +READY +AGE\nmy-sts +0\/0 +\w+\n$/ },
    { line: 'kubectl rollout status statefulset/web --timeout=90s', needs: 'statefulsets', out: /roll(out|ing| out).*complete/ },
    { line: 'kubectl scale statefulset web --replicas=2', out: 'statefulset.apps/web scaled\n' },
    {
      line: 'kubectl wait --for=jsonpath={.status.readyReplicas}=2 sts/web --timeout=90s',
      needs: 'statefulsets',
      out: 'statefulset.apps/web condition met\n',
    },
    { line: 'kubectl set image sts/web nginx=nginx:latest', out: 'statefulset.apps/web image updated\n' },
    {
      line: 'kubectl patch sts web -p \'{"spec":{"updateStrategy":{"partition": 2}}}\'',
      err: 'Warning: unknown field "spec.updateStrategy.partition"\n',
      out: 'statefulset.apps/web patched (no change)\n',
    },
    {
      line: 'kubectl patch sts web -p \'{"spec":{"updateStrategy":{"rollingUpdate":{"partition": 2}}}}\'',
      out: 'statefulset.apps/web patched\n',
    },
    {
      line: 'kubectl rollout history statefulset web',
      needs: 'statefulsets',
      out: /^statefulset.apps\/web \nREVISION +CHANGE-CAUSE\n1 +<none>\n2 +<none>\n/,
      eventually: true,
    },
    { line: 'kubectl rollout restart statefulset web', out: 'statefulset.apps/web restarted\n' },
    { line: 'kubectl describe sts my-sts', out: /\nReplicas: +0 desired \| 0 total\nUpdate Strategy: +RollingUpdate\n/ },
    { line: 'kubectl delete statefulset my-sts --cascade=background', out: /^statefulset.apps "my-sts" deleted/ },
    {
      line: 'kubectl apply -f my-sts.yaml && kubectl delete statefulset my-sts --cascade=foreground',
      out: /statefulset.apps "my-sts" deleted/,
    },
    {
      line: 'kubectl apply -f my-sts.yaml && kubectl delete statefulset my-sts --cascade=orphan',
      out: /statefulset.apps "my-sts" deleted/,
    },
    { line: 'kubectl apply -f my-sts.yaml && kubectl delete statefulset my-sts', out: /statefulset.apps "my-sts" deleted/ },
    {
      line: 'kubectl get pvc',
      out: /^NAME +STATUS +VOLUME +CAPACITY +ACCESS MODES +STORAGECLASS +VOLUMEATTRIBUTESCLASS +AGE\nmy-claim +\w+ +none-such +<unset> +\w+\n$/,
    },
    { line: 'kubectl delete pod -l app=nope', out: 'No resources found\n' },
    { line: 'kubectl delete pvc -l app=my-app', out: /^persistentvolumeclaim "my-claim" deleted/ },
    { line: 'kubectl delete statefulset web', out: /^statefulset.apps "web" deleted/ },
  ],
}
