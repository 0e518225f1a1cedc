import type { Scenario } from './row.ts'

/** Every generator of `kubectl create`, and what access is about. */
export const creating: Scenario = {
  name: 'creating',
  setup: [
    'openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout tls.key -out tls.crt -days 2 -subj /CN=example.com',
    'openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout jane.key -out jane.csr -subj /O=team/CN=jane',
  ],
  variables: { CSR: 'base64 -w0 jane.csr' },
  cleanup: [
    'kubectl delete csr commands-jane commands-john --ignore-not-found',
    'kubectl delete clusterrole,clusterrolebinding,priorityclass commands --ignore-not-found',
    'kubectl delete namespace commands-made --ignore-not-found --wait=true',
  ],
  rows: [
    { line: 'kubectl create', code: 1, refused: true, err: /^[Ee]rror: must specify one of -f and -k\n/ },
    { line: 'kubectl create namespace commands-made', out: 'namespace/commands-made created\n' },
    {
      line: 'kubectl create namespace commands-made',
      code: 1,
      err: 'Error from server (AlreadyExists): namespaces "commands-made" already exists\n',
    },
    { line: 'kubectl delete namespace commands-made', out: /^namespace "commands-made" deleted/ },
    {
      line: "kubectl create namespace 'not_valid'",
      code: 1,
      err: /^The Namespace "not_valid" is invalid: ?\n?.*metadata\.name: Invalid value: "not_valid": a lowercase RFC 1123 label must consist of/,
    },
    { line: 'kubectl create configmap', code: 1, refused: true, err: /^error: exactly one NAME is required, got 0\n/ },
    { line: 'kubectl create configmap my-config --from-literal=log-level=info', out: 'configmap/my-config created\n' },
    { line: 'kubectl create configmap my-config2 --from-file=app.properties', out: 'configmap/my-config2 created\n' },
    {
      line: 'kubectl create configmap my-config3 --from-file=several/first.yaml --from-file=several/second.yaml',
      out: 'configmap/my-config3 created\n',
    },
    {
      line: 'kubectl create configmap my-config4 --from-file=key1=several/first.yaml --from-file=key2=several/second.yaml',
      out: 'configmap/my-config4 created\n',
    },
    { line: 'kubectl create configmap my-config5 --from-env-file=app.properties', out: 'configmap/my-config5 created\n' },
    { line: "kubectl get configmap my-config5 -o jsonpath='{.data}'", out: '{"color":"blue","size":"10"}' },
    { line: 'kubectl get configmaps my-config4', out: /^NAME +DATA +AGE\nmy-config4 +2 +\w+\n$/ },
    { line: 'kubectl create secret', code: 1, refused: true, err: /Available Commands:/ },
    {
      line: 'kubectl create secret generic my-secret --from-literal=username=admin --from-literal=password=secret',
      out: 'secret/my-secret created\n',
    },
    {
      line: 'kubectl create secret docker-registry my-registry-secret --docker-server=DOCKER_REGISTRY_SERVER --docker-username=DOCKER_USER --docker-password=DOCKER_PASSWORD --docker-email=DOCKER_EMAIL',
      out: 'secret/my-registry-secret created\n',
    },
    { line: 'kubectl create secret tls my-tls-secret --cert=tls.crt --key=tls.key', out: 'secret/my-tls-secret created\n' },
    {
      line: 'kubectl get secrets',
      out: /^NAME +TYPE +DATA +AGE\nmy-registry-secret +kubernetes\.io\/dockerconfigjson +1 +\w+\nmy-secret +Opaque +2 +\w+\nmy-tls-secret +kubernetes\.io\/tls +2 +\w+\n$/,
    },
    { line: 'kubectl describe secret my-secret', out: /\nType: +Opaque\n\nData\n====\npassword: +6 bytes\nusername: +5 bytes\n$/ },
    { line: 'kubectl create serviceaccount my-app', out: 'serviceaccount/my-app created\n' },
    {
      line: 'kubectl create serviceaccount my-app',
      code: 1,
      err: 'error: failed to create serviceaccount: serviceaccounts "my-app" already exists\n',
    },
    { line: 'kubectl get serviceaccounts my-app', out: /^NAME +(SECRETS +)?AGE\n/ },
    { line: 'kubectl describe serviceaccount my-app -n $NAMESPACE', out: /^Name: +my-app\n[^]*Tokens: +<none>\n/ },
    { line: 'kubectl create token my-app -n $NAMESPACE', out: /^[\w-]+\.[\w-]+\.[\w-]+\n?$/ },
    { line: 'kubectl create token nope', code: 1, err: 'error: failed to create token: serviceaccounts "nope" not found\n' },
    { line: 'kubectl create token my-app --duration=1m', code: 1, err: /may not specify a duration less than 10 minutes/ },
    {
      line: "kubectl get secret $(kubectl get serviceaccount my-app -o jsonpath='{.secrets[0].name}') -o jsonpath='{.data.token}' | base64 -d",
      out: '',
      err: /.*/,
    },
    {
      line: 'kubectl describe secrets my-app-token-abcde -n $NAMESPACE',
      code: 1,
      err: 'Error from server (NotFound): secrets "my-app-token-abcde" not found\n',
    },
    { line: 'kubectl create service clusterip made --tcp=80:8080', out: 'service/made created\n' },
    { line: 'kubectl create service nodeport made-port --tcp=80:8080', out: 'service/made-port created\n' },
    { line: 'kubectl create service loadbalancer made-balancer --tcp=80:8080', out: 'service/made-balancer created\n' },
    { line: 'kubectl create service externalname made-name --external-name=example.com', out: 'service/made-name created\n' },
    {
      line: 'kubectl get services',
      out: /^made +ClusterIP .*\nmade-balancer +LoadBalancer +[\d.]+ +\S+ +80:3\d+\/TCP .*\nmade-name +ExternalName +<none> +example\.com +<none> .*\nmade-port +NodePort +[\d.]+ +<none> +80:3\d+\/TCP /m,
    },
    {
      line: 'kubectl create service clusterip Not-Valid --tcp=80',
      code: 1,
      err: /metadata\.name: Invalid value: "Not-Valid": a (DNS-1035|lowercase RFC 1123) label must consist of/,
    },
    { line: 'kubectl create job made --image=busybox:1.36 -- true', out: 'job.batch/made created\n' },
    { line: 'kubectl wait --for=condition=Complete job/made --timeout=60s', needs: 'jobs', out: 'job.batch/made condition met\n' },
    { line: 'kubectl get jobs made', out: /^NAME +STATUS +COMPLETIONS +DURATION +AGE\nmade +(Running +0|Complete +1)\/1 / },
    { line: "kubectl create cronjob made --image=busybox:1.36 --schedule='0 0 1 1 *' -- true", out: 'cronjob.batch/made created\n' },
    {
      line: 'kubectl get cronjob',
      out: /^NAME +SCHEDULE +TIMEZONE +SUSPEND +ACTIVE +LAST SCHEDULE +AGE\nmade +0 0 1 1 \* +<none> +False +0 +<none> +\w+\n$/,
    },
    { line: 'kubectl create job manual --from=cronjob/made', out: 'job.batch/manual created\n' },
    {
      line: "kubectl create cronjob bad --image=busybox:1.36 --schedule='nonsense'",
      code: 1,
      err: /spec\.schedule: Invalid value: "nonsense": expected exactly 5 fields, found 1: \[nonsense\]\n$/,
    },
    { line: 'kubectl create quota made --hard=pods=100,cpu=10', out: 'resourcequota/made created\n' },
    { line: 'kubectl create quota bad --hard=pods=x', code: 1, refused: true, err: /quantities must match the regular expression/ },
    { line: 'kubectl create priorityclass commands --value=1000', out: 'priorityclass.scheduling.k8s.io/commands created\n' },
    {
      line: 'kubectl create poddisruptionbudget made --selector=app=none --min-available=1',
      out: 'poddisruptionbudget.policy/made created\n',
    },
    { line: 'kubectl get pdb', out: /^NAME +MIN AVAILABLE +MAX UNAVAILABLE +ALLOWED DISRUPTIONS +AGE\nmade +1 +N\/A +0 +\w+\n$/ },
    {
      line: 'kubectl create ingress made --class=nginx --rule=example.com/*=web:80,tls=my-tls-secret',
      out: 'ingress.networking.k8s.io/made created\n',
    },
    { line: 'kubectl get ingress', out: /^NAME +CLASS +HOSTS +ADDRESS +PORTS +AGE\nmade +nginx +example\.com +80, 443 +\w+\n$/ },
    { line: 'kubectl describe ingress made', out: /\nTLS:\n {2}my-tls-secret terminates example\.com\nRules:\n/ },
    {
      line: 'kubectl create role made --verb=get,list --resource=pods,deployments.apps',
      out: 'role.rbac.authorization.k8s.io/made created\n',
    },
    {
      line: 'kubectl create role bad --verb=get --resource=widgets',
      code: 1,
      refused: true,
      err: /the server doesn't have a resource type "widgets"/,
    },
    {
      line: 'kubectl create rolebinding made --role=made --user=jane --serviceaccount=$NAMESPACE:my-app',
      out: 'rolebinding.rbac.authorization.k8s.io/made created\n',
    },
    { line: 'kubectl set subject rolebinding made --user=john', out: 'rolebinding.rbac.authorization.k8s.io/made subjects updated\n' },
    {
      line: 'kubectl create clusterrole commands --verb=get --resource=nodes',
      out: 'clusterrole.rbac.authorization.k8s.io/commands created\n',
    },
    {
      line: 'kubectl create clusterrolebinding commands --clusterrole=commands --group=team',
      out: 'clusterrolebinding.rbac.authorization.k8s.io/commands created\n',
    },
    { line: 'kubectl auth can-i list pods', out: 'yes\n' },
    { line: 'kubectl auth can-i list pods --as=system:serviceaccount:$NAMESPACE:my-app', out: 'yes\n', eventually: true },
    { line: 'kubectl auth can-i delete pods --as=jane', code: 1, out: 'no\n' },
    {
      line: 'kubectl auth can-i get nodes --as=anybody --as-group=team',
      out: 'yes\n',
      eventually: true,
      err: /^(Warning: resource 'nodes' is not namespace scoped\n\n?)?$/,
    },
    { line: 'kubectl auth can-i list widgets', out: 'yes\n', err: /the server doesn't have a resource type 'widgets'/ },
    {
      line: 'kubectl auth can-i --list --as=jane',
      out: /^Resources +Non-Resource URLs +Resource Names +Verbs\n[^]*^pods +\[\] +\[\] +\[get list\]$/m,
    },
    {
      line: 'kubectl auth whoami',
      out: /^ATTRIBUTE +VALUE\nUsername +kubernetes-admin\nGroups +\[system:masters system:authenticated\]\n/,
    },
    {
      line: 'kubectl get secrets --as=jane',
      code: 1,
      err: /^Error from server \(Forbidden\): secrets is forbidden: User "jane" cannot list resource "secrets" in API group "" in the namespace "compat-\S+"\n$/,
    },
    {
      line: `printf '{"apiVersion":"certificates.k8s.io/v1","kind":"CertificateSigningRequest","metadata":{"name":"commands-jane"},"spec":{"request":"'$CSR'","signerName":"kubernetes.io/kube-apiserver-client","usages":["client auth"]}}' | kubectl create -f -`,
      out: 'certificatesigningrequest.certificates.k8s.io/commands-jane created\n',
    },
    {
      line: 'kubectl get csr commands-jane',
      out: /^NAME +AGE +SIGNERNAME +REQUESTOR +REQUESTEDDURATION +CONDITION\ncommands-jane +\w+ +kubernetes\.io\/kube-apiserver-client +kubernetes-admin +<none> +Pending\n$/,
    },
    { line: 'kubectl certificate approve commands-jane', out: 'certificatesigningrequest.certificates.k8s.io/commands-jane approved\n' },
    { line: 'kubectl get csr commands-jane', out: / Approved,Issued\n$/, eventually: true },
    {
      line: "kubectl get csr commands-jane -o jsonpath='{.status.certificate}' | base64 -d | openssl x509 -noout -subject",
      out: /O ?= ?team, CN ?= ?jane/,
    },
    {
      line: `printf '{"apiVersion":"certificates.k8s.io/v1","kind":"CertificateSigningRequest","metadata":{"name":"commands-john"},"spec":{"request":"'$CSR'","signerName":"kubernetes.io/kube-apiserver-client","usages":["client auth"]}}' | kubectl create -f - && kubectl certificate deny commands-john`,
      out: /commands-john denied\n$/,
    },
    { line: 'kubectl get csr commands-john', out: / Denied\n$/ },
    {
      line: 'kubectl certificate approve nope',
      code: 1,
      err: /^Error from server \(NotFound\): certificatesigningrequests\.certificates\.k8s\.io "nope" not found\n$/,
    },
  ],
}
