import { LabelSelector } from '../meta.ts'
import { int32, message, optional, quantity, required, string, type Static } from '../schema/schema.ts'

export const CrossVersionObjectReference = message(
  'io.k8s.api.autoscaling.v2.CrossVersionObjectReference',
  'Names an object in the same namespace.',
  {
    kind: required(1, string(), 'Kind of the object.'),
    name: required(2, string(), 'Name of the object.'),
    apiVersion: optional(3, string(), 'API version of the object.'),
  },
)
export type CrossVersionObjectReference = Static<typeof CrossVersionObjectReference>

export const MetricIdentifier = message('io.k8s.api.autoscaling.v2.MetricIdentifier', 'A metric by name and labels.', {
  name: required(1, string(), 'Name of the metric.'),
  selector: optional(2, LabelSelector, 'Labels that single out its series.'),
})
export type MetricIdentifier = Static<typeof MetricIdentifier>

export const MetricTarget = message('io.k8s.api.autoscaling.v2.MetricTarget', 'The value that a metric should have.', {
  type: required(1, string(), 'How it is given: Utilization, Value or AverageValue.'),
  value: optional(2, quantity({ presence: 'pointer' }), 'The value as a whole.'),
  averageValue: optional(3, quantity({ presence: 'pointer' }), 'The value for each pod.'),
  averageUtilization: optional(4, int32({ presence: 'pointer' }), 'The percentage of what pods have requested.'),
})
export type MetricTarget = Static<typeof MetricTarget>

export const MetricValueStatus = message('io.k8s.api.autoscaling.v2.MetricValueStatus', 'The value that a metric has.', {
  value: optional(1, quantity({ presence: 'pointer' }), 'The value as a whole.'),
  averageValue: optional(2, quantity({ presence: 'pointer' }), 'The value for each pod.'),
  averageUtilization: optional(3, int32({ presence: 'pointer' }), 'The percentage of what pods have requested.'),
})
export type MetricValueStatus = Static<typeof MetricValueStatus>

export const ObjectMetricSource = message('io.k8s.api.autoscaling.v2.ObjectMetricSource', 'A metric of an object.', {
  describedObject: required(1, CrossVersionObjectReference, 'The object.'),
  target: required(2, MetricTarget, 'The value that it should have.'),
  metric: required(3, MetricIdentifier, 'The metric.'),
})
export type ObjectMetricSource = Static<typeof ObjectMetricSource>

export const PodsMetricSource = message('io.k8s.api.autoscaling.v2.PodsMetricSource', 'A metric of the pods themselves.', {
  metric: required(1, MetricIdentifier, 'The metric.'),
  target: required(2, MetricTarget, 'The value that it should have.'),
})
export type PodsMetricSource = Static<typeof PodsMetricSource>

export const ResourceMetricSource = message('io.k8s.api.autoscaling.v2.ResourceMetricSource', 'A resource that pods use.', {
  name: required(1, string(), 'The resource, such as cpu.'),
  target: required(2, MetricTarget, 'The value that it should have.'),
})
export type ResourceMetricSource = Static<typeof ResourceMetricSource>

export const ContainerResourceMetricSource = message(
  'io.k8s.api.autoscaling.v2.ContainerResourceMetricSource',
  'A resource that one container of the pods uses.',
  {
    name: required(1, string(), 'The resource, such as cpu.'),
    target: required(2, MetricTarget, 'The value that it should have.'),
    container: required(3, string(), 'Name of the container.'),
  },
)
export type ContainerResourceMetricSource = Static<typeof ContainerResourceMetricSource>

export const ExternalMetricSource = message('io.k8s.api.autoscaling.v2.ExternalMetricSource', 'A metric from outside the cluster.', {
  metric: required(1, MetricIdentifier, 'The metric.'),
  target: required(2, MetricTarget, 'The value that it should have.'),
})
export type ExternalMetricSource = Static<typeof ExternalMetricSource>

export const MetricSpec = message('io.k8s.api.autoscaling.v2.MetricSpec', 'A metric to scale by.', {
  type: required(1, string(), 'What kind of metric: Object, Pods, Resource, ContainerResource or External.'),
  object: optional(2, ObjectMetricSource, 'A metric of an object.'),
  pods: optional(3, PodsMetricSource, 'A metric of the pods themselves.'),
  resource: optional(4, ResourceMetricSource, 'A resource that pods use.'),
  external: optional(5, ExternalMetricSource, 'A metric from outside the cluster.'),
  containerResource: optional(7, ContainerResourceMetricSource, 'A resource that one container of the pods uses.'),
})
export type MetricSpec = Static<typeof MetricSpec>

export const ObjectMetricStatus = message('io.k8s.api.autoscaling.v2.ObjectMetricStatus', 'The value of a metric of an object.', {
  metric: required(1, MetricIdentifier, 'The metric.'),
  current: required(2, MetricValueStatus, 'Its value.'),
  describedObject: required(3, CrossVersionObjectReference, 'The object.'),
})
export type ObjectMetricStatus = Static<typeof ObjectMetricStatus>

export const PodsMetricStatus = message('io.k8s.api.autoscaling.v2.PodsMetricStatus', 'The value of a metric of the pods.', {
  metric: required(1, MetricIdentifier, 'The metric.'),
  current: required(2, MetricValueStatus, 'Its value.'),
})
export type PodsMetricStatus = Static<typeof PodsMetricStatus>

export const ResourceMetricStatus = message('io.k8s.api.autoscaling.v2.ResourceMetricStatus', 'How much of a resource pods use.', {
  name: required(1, string(), 'The resource.'),
  current: required(2, MetricValueStatus, 'How much.'),
})
export type ResourceMetricStatus = Static<typeof ResourceMetricStatus>

export const ContainerResourceMetricStatus = message(
  'io.k8s.api.autoscaling.v2.ContainerResourceMetricStatus',
  'How much of a resource one container of the pods uses.',
  {
    name: required(1, string(), 'The resource.'),
    current: required(2, MetricValueStatus, 'How much.'),
    container: required(3, string(), 'Name of the container.'),
  },
)
export type ContainerResourceMetricStatus = Static<typeof ContainerResourceMetricStatus>

export const ExternalMetricStatus = message(
  'io.k8s.api.autoscaling.v2.ExternalMetricStatus',
  'The value of a metric from outside the cluster.',
  {
    metric: required(1, MetricIdentifier, 'The metric.'),
    current: required(2, MetricValueStatus, 'Its value.'),
  },
)
export type ExternalMetricStatus = Static<typeof ExternalMetricStatus>

export const MetricStatus = message('io.k8s.api.autoscaling.v2.MetricStatus', 'The value of a metric.', {
  type: required(1, string(), 'What kind of metric it is.'),
  object: optional(2, ObjectMetricStatus, 'A metric of an object.'),
  pods: optional(3, PodsMetricStatus, 'A metric of the pods.'),
  resource: optional(4, ResourceMetricStatus, 'A resource that pods use.'),
  external: optional(5, ExternalMetricStatus, 'A metric from outside the cluster.'),
  containerResource: optional(7, ContainerResourceMetricStatus, 'A resource that one container uses.'),
})
export type MetricStatus = Static<typeof MetricStatus>
