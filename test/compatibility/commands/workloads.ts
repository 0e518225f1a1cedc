import type { Scenario } from './row.ts'

const d = 'deployment.apps/nginx-deployment'

/** The life of a Deployment: made, looked at, scaled, updated, taken back. */
export const workloads: Scenario = {
  name: 'workloads',
  rows: [
    { line: 'kubectl apply -f deployment-nginx.yaml', out: `${d} created\n` },
    { line: 'kubectl rollout status deployment nginx-deployment', out: /^deployment "nginx-deployment" successfully rolled out$/m },
    { line: 'kubectl rollout status deployment/nginx-deployment', out: 'deployment "nginx-deployment" successfully rolled out\n' },
    { line: 'kubectl get deployment', out: /^NAME +READY +UP-TO-DATE +AVAILABLE +AGE\nnginx-deployment +2\/2 +2 +2 +\w+\n$/ },
    { line: 'kubectl get deployments', out: /^nginx-deployment +2\/2/m },
    { line: 'kubectl get deployment.apps', out: /^nginx-deployment +2\/2/m },
    { line: 'kubectl get deploy -l app=nginx', out: /^nginx-deployment +2\/2/m },
    { line: 'kubectl get deployment nginx-deployment -o yaml', out: /\nkind: Deployment\n[^]*\n {2}progressDeadlineSeconds: 600\n/ },
    { line: 'kubectl get rs', out: /^NAME +DESIRED +CURRENT +READY +AGE\nnginx-deployment-\w+ +2 +2 +2 +\w+\n$/ },
    {
      line: 'kubectl get pods -o wide -l app=nginx',
      out: /^(nginx-deployment-\w+-\w{5} +1\/1 +Running +0 +\w+ +[\d.]+ +node-\d +<none> +<none>\n){2}/m,
    },
    {
      line: "kubectl describe deployment nginx-deployment | grep 'Replicas:'",
      out: /2 desired \| 2 updated \| 2 total \| 2 available \| 0 unavailable/,
    },
    { line: 'kubectl exec deployment/nginx-deployment -- nginx -v', err: /^nginx version: nginx\// },
    { line: 'kubectl diff -f deployment-nginx.yaml', out: '' },
    {
      line: "sed 's/replicas: 2/replicas: 3/' deployment-nginx.yaml | kubectl diff -f -",
      code: 1,
      out: /^- {2}replicas: 2\n\+ {2}replicas: 3$/m,
    },
    { line: 'kubectl scale deployment nginx-deployment --replicas=1', out: `${d} scaled\n` },
    { line: 'kubectl scale deployment/nginx-deployment --replicas=2', out: `${d} scaled\n` },
    {
      line: 'kubectl scale deployment nginx-deployment --current-replicas=7 --replicas=1',
      code: 1,
      err: 'error: Expected replicas to be 7, was 2\n',
    },
    {
      line: 'kubectl scale deployment nope --replicas=1',
      code: 1,
      err: /^error: no objects passed to scale( deployments\.apps "nope" not found)?\n$/,
    },
    { line: 'kubectl rollout history deployment nginx-deployment', out: `${d} \nREVISION  CHANGE-CAUSE\n1         <none>\n\n` },
    {
      line: 'kubectl rollout history deployment nginx-deployment --revision=1',
      out: /with revision #1\nPod Template:\n {2}Labels:\tapp=nginx\n\tpod-template-hash=/,
    },
    {
      line: 'kubectl rollout history deployment nginx-deployment --revision=9',
      code: 1,
      err: 'error: unable to find the specified revision\n',
    },
    {
      line: 'kubectl rollout undo deployment nginx-deployment',
      code: 1,
      err: 'error: no rollout history found for deployment "nginx-deployment"\n',
    },
    {
      line: 'kubectl set image deployment nginx-deployment nginx-container=nginx:1.25 --record',
      out: `${d} image updated\n`,
      err: /^Flag --record has been deprecated, --record will be removed in the future\n$/,
    },
    {
      line: 'kubectl set image deployment nginx-deployment nginx-container=nginx:1.26 --record=true',
      out: `${d} image updated\n`,
      err: /^Flag --record has been deprecated/,
    },
    {
      line: 'kubectl rollout history deployment nginx-deployment | grep 1.26',
      out: /^3 +kubectl set image deployment nginx-deployment nginx-container=nginx:1.26 .*--record=true\n$/,
      eventually: true,
    },
    {
      line: 'kubectl set image deployment/nginx-deployment nginx=nginx:1.20',
      code: 1,
      err: 'error: unable to find container named "nginx"\n',
    },
    { line: 'kubectl rollout undo deployment nginx-deployment', out: `${d} rolled back\n` },
    { line: 'kubectl rollout undo deployment/nginx-deployment --to-revision=1', out: `${d} rolled back\n`, eventually: true },
    {
      line: 'kubectl rollout undo deployment nginx-deployment --to-revision=1',
      code: 1,
      err: 'error: unable to find specified revision 1 in history\n',
      eventually: true,
    },
    { line: 'kubectl rollout pause deployment nginx-deployment', out: `${d} paused\n` },
    {
      line: 'kubectl rollout pause deploy nginx-deployment',
      code: 1,
      err: 'error: deployments.apps "nginx-deployment" is already paused\n',
    },
    {
      line: 'kubectl rollout restart deployment nginx-deployment',
      code: 1,
      err: 'error: deployments.apps "nginx-deployment" can\'t restart paused deployment (run rollout resume first)\n',
    },
    { line: 'kubectl rollout resume deployment nginx-deployment', out: `${d} resumed\n` },
    { line: 'kubectl rollout resume deploy nginx-deployment', code: 1, err: 'error: deployments.apps "nginx-deployment" is not paused\n' },
    { line: 'kubectl rollout restart deployment nginx-deployment', out: `${d} restarted\n` },
    { line: 'kubectl rollout status deployment nginx-deployment --watch=false', out: /deployment/ },
    { line: 'kubectl rollout status deployment nginx-deployment --timeout=60s', out: /successfully rolled out\n$/ },
    {
      line: 'kubectl annotate deployment/nginx-deployment kubectl.kubernetes.io/restartedAt="$(date +%Y-%m-%dT%H:%M:%S)"',
      out: `${d} annotated\n`,
    },
    { line: 'kubectl set env deployment/nginx-deployment A=B', out: `${d} env updated\n` },
    { line: 'kubectl set env deployment/nginx-deployment --list', out: '# Deployment nginx-deployment, container nginx-container\nA=B\n' },
    { line: 'kubectl set env deployment/nginx-deployment A-', out: `${d} env updated\n` },
    {
      line: 'kubectl set resources deployment nginx-deployment --limits=cpu=200m,memory=64Mi --requests=cpu=10m',
      out: `${d} resource requirements updated\n`,
    },
    { line: 'kubectl set serviceaccount deployment nginx-deployment default', out: `${d} serviceaccount updated\n` },
    { line: 'kubectl expose deployment nginx-deployment --port=80 --type=NodePort', out: 'service/nginx-deployment exposed\n' },
    { line: 'kubectl set selector service nginx-deployment app=other', out: 'service/nginx-deployment selector updated\n' },
    { line: 'kubectl expose deployment nope --port=80', code: 1, err: 'Error from server (NotFound): deployments.apps "nope" not found\n' },
    {
      line: 'kubectl autoscale deployment nginx-deployment --cpu-percent=50 --min=2 --max=10',
      out: 'horizontalpodautoscaler.autoscaling/nginx-deployment autoscaled\n',
      err: /^(Flag --cpu-percent has been deprecated.*\n|Warning: .*\n)*$/,
    },
    {
      line: 'kubectl get hpa',
      out: /^NAME +REFERENCE +TARGETS +MINPODS +MAXPODS +REPLICAS +AGE\nnginx-deployment +Deployment\/nginx-deployment +\S.*50% +2 +10 +\d/,
    },
    { line: 'kubectl describe hpa nginx-deployment', out: /Reference: +Deployment\/nginx-deployment\n/ },
    { line: 'kubectl wait --for=condition=Available deployment/nginx-deployment --timeout=60s', out: `${d} condition met\n` },
    { line: "kubectl wait --for=jsonpath='{.spec.replicas}'=2 deployment/nginx-deployment --timeout=60s", out: `${d} condition met\n` },
    { line: `EDITOR="sed -i 's/replicas: .*/replicas: 3/'" kubectl edit deployment nginx-deployment`, out: `${d} edited\n` },
    { line: 'EDITOR=cat kubectl edit deployment nginx-deployment', err: 'Edit cancelled, no changes made.\n' },
    {
      line: "EDITOR='sed -i s/replicas:.*/replicas:/;s/RollingUpdate/Rolling/' kubectl edit deployment nginx-deployment",
      code: 1,
      err: /deployments\.apps "nginx-deployment" (was not valid|is invalid)[^]*A copy of your changes has been stored to/,
    },
    { line: 'kubectl patch deployment nginx-deployment -p \'{"spec":{"replicas":1}}\'', out: `${d} patched\n` },
    { line: 'kubectl patch deployment nginx-deployment -p \'{"spec":{"replicas":1}}\'', out: /patched( \(no change\))?\n$/ },
    {
      line: 'kubectl patch deployment nginx-deployment --type merge -p \'{"spec":{"replicas":2},"metadata":{"annotations":{"old-annotation":null}}}\'',
      out: `${d} patched\n`,
    },
    {
      line: 'kubectl patch deployment nginx-deployment --type json -p \'[{"op":"replace","path":"/spec/replicas","value":1},{"op":"add","path":"/metadata/annotations/new-annotation","value":"new-value"}]\'',
      out: `${d} patched\n`,
    },
    {
      line: 'kubectl patch deployment nginx-deployment -p \'{"spec":{"replicas":"x"}}\'',
      code: 1,
      err: 'The request is invalid: patch: Invalid value: "map[spec:map[replicas:x]]": unrecognized type: int32\n',
    },
    { line: 'kubectl replace -f deployment-nginx.yaml', out: `${d} replaced\n` },
    { line: 'kubectl delete deployment nginx-deployment', out: /^deployment.apps "nginx-deployment" deleted/ },
    {
      line: 'kubectl delete -f deployment-nginx.yaml',
      code: 1,
      err: /^Error from server \(NotFound\): error when deleting "deployment-nginx.yaml": deployments.apps "nginx-deployment" not found\n$/,
    },
    { line: 'kubectl create deployment web --image=nginx', out: 'deployment.apps/web created\n' },
    {
      line: 'kubectl create deployment web --image=nginx',
      code: 1,
      err: 'error: failed to create deployment: deployments.apps "web" already exists\n',
    },
    { line: 'kubectl delete deployment web', out: /^deployment.apps "web" deleted/ },
    { line: 'kubectl apply -f example-controller.yaml', out: 'replicationcontroller/testcontroller created\n' },
    {
      line: 'kubectl get replicationcontroller testcontroller',
      out: /^NAME +DESIRED +CURRENT +READY +AGE\ntestcontroller +0 +0 +0 +\w+\n$/,
    },
    { line: 'kubectl scale replicationcontroller/testcontroller --replicas=4', out: 'replicationcontroller/testcontroller scaled\n' },
    {
      line: 'kubectl get rc,services',
      out: /^NAME +DESIRED +CURRENT +READY +AGE\nreplicationcontroller\/testcontroller +4 +\d +\d +\w+\n/,
    },
  ],
}
