import { by, type Behaviours } from './shown-by.ts'

const apis = 'test/integration/conformance/network-apis.test.ts'
const cluster = 'test/e2e/conformance-network.test.ts'
const endpoints = 'test/integration/conformance/services.test.ts'
const proxies = 'control-plane/api-server/endpoints/proxy.test.ts'
const nodes = 'test/e2e/network.test.ts'

const apiServer = by(apis, 'finds the Service of the API server among those of all namespaces, with its endpoints')
const names = by(cluster, 'knows pods by host name and subdomain, headless and other Services, by whole and by partial names')
const types = by(cluster, 'leads names elsewhere and back when Services change between external names and addresses')
const selected = by(
  endpoints,
  'lead to the pods that a Service selects, by numbers and names of ports, and come back when slices are deleted',
)
const none = by(endpoints, 'are there without pods, and go with the Service')
const severalSlices = by(cluster, 'leads to endpoints that are written in several EndpointSlices, by address and by port')
const operations = by(apis, 'offers every operation on %s, in one namespace and across all')
const pods = by(cluster, 'leads from pods and from nodes to pods, by TCP and UDP')
const affinity = by(cluster, 'keeps clients where they were under session affinity only, and follows when that is switched')
const followed = by(endpoints, 'follow pods as they come and go, each with the ports that it has')

/** Of Services, DNS, Ingress and what belongs to them. */
export const networkBehaviours: Behaviours = {
  '[sig-network] API Server should have Endpoints and EndpointSlices pointing to API Server [Conformance]': apiServer,
  '[sig-network] API Server should provide secure master service [Conformance]': apiServer,
  '[sig-network] DNS should provide /etc/hosts entries for the cluster [Conformance]': names,
  '[sig-network] DNS should provide DNS for ExternalName services [Conformance]': types,
  '[sig-network] DNS should provide DNS for pods for Hostname [Conformance]': names,
  '[sig-network] DNS should provide DNS for pods for Subdomain [Conformance]': names,
  '[sig-network] DNS should provide DNS for services [Conformance]': names,
  '[sig-network] DNS should provide DNS for the cluster [Conformance]': names,
  '[sig-network] DNS should resolve DNS of partial qualified names for services [LinuxOnly] [Conformance]': names,
  '[sig-network] DNS should support configurable pod DNS nameservers [Conformance]': names,
  '[sig-network] EndpointSlice should create Endpoints and EndpointSlices for Pods matching a Service [Conformance]': selected,
  '[sig-network] EndpointSlice should create and delete EndpointSlices for a Service with a selector that matches no pods [Conformance]':
    none,
  '[sig-network] EndpointSlice should support a Service with multiple endpoint IPs specified in multiple EndpointSlices [Conformance]':
    severalSlices,
  '[sig-network] EndpointSlice should support a Service with multiple ports specified in multiple EndpointSlices [Conformance]':
    severalSlices,
  '[sig-network] EndpointSlice should support creating EndpointSlice API operations [Conformance]': operations,
  '[sig-network] EndpointSliceMirroring should mirror a custom Endpoints resource through create update and delete [Conformance]': by(
    endpoints,
    'mirror Endpoints that somebody writes for a Service without a selector, and follow them to their end',
  ),
  '[sig-network] Endpoints should test the lifecycle of an Endpoint [Conformance]': by(apis, 'sees Endpoints through their life'),
  '[sig-network] EndpointsController should create Endpoints for Pods matching a Service [Conformance]': selected,
  '[sig-network] EndpointsController should create and delete Endpoints for a Service with a selector that matches no pods [Conformance]':
    none,
  '[sig-network] HostPort validates that there is no conflict between pods with same hostPort but different hostIP and protocol [LinuxOnly] [Conformance]':
    by(cluster, 'opens the same port of a node to several pods, by address and protocol'),
  '[sig-network] Ingress API should support creating Ingress API operations [Conformance]': operations,
  '[sig-network] IngressClass API should support creating IngressClass API operations [Conformance]': operations,
  '[sig-network] Networking Granular Checks: Pods should function for intra-pod communication: http [NodeConformance] [Conformance]': pods,
  '[sig-network] Networking Granular Checks: Pods should function for intra-pod communication: udp [NodeConformance] [Conformance]': pods,
  '[sig-network] Networking Granular Checks: Pods should function for node-pod communication: http [LinuxOnly] [NodeConformance] [Conformance]':
    pods,
  '[sig-network] Networking Granular Checks: Pods should function for node-pod communication: udp [LinuxOnly] [NodeConformance] [Conformance]':
    pods,
  '[sig-network] Proxy version v1 A set of valid responses are returned for both pod and service Proxy [Conformance]': by(
    proxies,
    'hand on %s to the root of %s, unless the client is to ask for the root by a slash first',
  ),
  '[sig-network] Proxy version v1 A set of valid responses are returned for both pod and service ProxyWithPath [Conformance]': by(
    proxies,
    'hand on %s to a path of %s',
  ),
  '[sig-network] Proxy version v1 should proxy through a service and a pod [Conformance]': by(
    proxies,
    'lead links of pages below their own path (%s)',
  ),
  '[sig-network] Service endpoints latency should not be very high [Conformance]': by(
    endpoints,
    'are made soon for ${LATENCY_SERVICES} Services at once',
  ),
  '[sig-network] Services should be able to change the type from ClusterIP to ExternalName [Conformance]': types,
  '[sig-network] Services should be able to change the type from ExternalName to ClusterIP [Conformance]': types,
  '[sig-network] Services should be able to change the type from ExternalName to NodePort [Conformance]': types,
  '[sig-network] Services should be able to change the type from NodePort to ExternalName [Conformance]': types,
  '[sig-network] Services should be able to create a functioning NodePort service [Conformance]': by(
    nodes,
    'opens a node port on every node, for pods and for the machine around',
  ),
  '[sig-network] Services should be able to switch session affinity for NodePort service [LinuxOnly] [Conformance]': affinity,
  '[sig-network] Services should be able to switch session affinity for service with type clusterIP [LinuxOnly] [Conformance]': affinity,
  '[sig-network] Services should complete a service status lifecycle [Conformance]': by(
    apis,
    'sees the status of a Service through its life',
  ),
  '[sig-network] Services should delete a collection of services [Conformance]': by(
    apis,
    'deletes the Services that a label selects, and no others',
  ),
  '[sig-network] Services should find a service from listing all namespaces [Conformance]': apiServer,
  '[sig-network] Services should have session affinity work for NodePort service [LinuxOnly] [Conformance]': affinity,
  '[sig-network] Services should have session affinity work for service with type clusterIP [LinuxOnly] [Conformance]': affinity,
  '[sig-network] Services should serve a basic endpoint from pods [Conformance]': followed,
  '[sig-network] Services should serve endpoints on same port and different protocols [Conformance]': by(
    cluster,
    'leads to the endpoints of a Service, by the ports that each pod has, and by both protocols at the same port',
  ),
  '[sig-network] Services should serve multiport endpoints from pods [Conformance]': followed,
}
