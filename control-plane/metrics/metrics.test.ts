import { describe, expect, it } from '@jest/globals'
import { startApiServer } from '../api-server/testing.ts'
import { ControlPlaneMetrics } from './control-plane-metrics.ts'
import { Counters, exposition, Histograms } from './series.ts'

describe('series', () => {
  it('are written as Prometheus reads them', () => {
    const counters = new Counters('b_total', { help: 'B.', labels: ['x'] })
    counters.of('a"\n\\').value += 2
    const histograms = new Histograms('a_seconds', { help: 'A.', buckets: [0.1, 1] })
    for (const value of [0.1, 0.5, 3]) histograms.of().observe(value)
    expect(exposition([counters, histograms, new Counters('empty', { help: '' })])).toBe(`# HELP a_seconds A.
# TYPE a_seconds histogram
a_seconds_bucket{le="0.1"} 1
a_seconds_bucket{le="1"} 2
a_seconds_bucket{le="+Inf"} 3
a_seconds_sum 3.6
a_seconds_count 3
# HELP b_total B.
# TYPE b_total counter
b_total{x="a\\"\\n\\\\"} 2
`)
  })
})

describe('metrics of requests', () => {
  it('count what is asked, what is open, and nothing that anybody makes up', async () => {
    const metrics = new ControlPlaneMetrics({ levels: () => [], objects: () => [['pods', 3]] })
    await using server = await startApiServer({ observer: metrics.requests, metrics: () => metrics.text() })
    const maps = '/api/v1/namespaces/default/configmaps'
    await server.call('POST', maps, { body: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' } } })
    await server.call('GET', `${maps}/a`)
    await server.call('GET', `${maps}/b`)
    await server.call('GET', '/apis/made/up/things')
    await server.call('GET', '/made/up')
    const events = server.watch(`${maps}?watch=1`)
    await events.next()
    const { text, headers } = await server.call('GET', '/metrics')
    await events.return(undefined)
    expect(headers['content-type']).toBe('text/plain; version=0.0.4; charset=utf-8')
    const labels = 'group="",version="v1",resource="configmaps",subresource="",scope'
    expect(text).toContain(`apiserver_request_total{verb="POST",dry_run="",${labels}="namespace",component="apiserver",code="201"} 1`)
    expect(text).toContain(`apiserver_request_total{verb="GET",dry_run="",${labels}="resource",component="apiserver",code="404"} 1`)
    expect(text).toContain(`apiserver_request_duration_seconds_count{verb="GET",dry_run="",${labels}="resource",component="apiserver"} 2`)
    expect(text).toContain(`apiserver_longrunning_requests{verb="WATCH",${labels}="namespace",component="apiserver"} 1`)
    expect(text).toContain('apiserver_watch_events_total{group="",version="v1",resource="configmaps"} 1')
    expect(text).toContain('apiserver_current_inflight_requests{request_kind="readOnly"} 1')
    expect(text).toContain('apiserver_storage_objects{resource="pods"} 3')
    expect(text).toMatch(/^process_resident_memory_bytes \d+$/m)
    expect(text).not.toContain('made')
  })

  it('count an event once as made and once for every watch that is sent it', async () => {
    const metrics = new ControlPlaneMetrics({ levels: () => [], objects: () => [] })
    await using server = await startApiServer({ observer: metrics.requests, metrics: () => metrics.text() })
    const maps = '/api/v1/namespaces/default/configmaps'
    const table = { accept: 'application/json;as=Table;g=meta.k8s.io;v=v1' }
    const create = (name: string) => server.call('POST', maps, { body: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name } } })
    await create('first')
    const watches = Array.from({ length: 20 }, (_, index) => server.watch(`${maps}?watch=1`, index < 5 ? table : {}))
    // Each begins with what there is, and is live then.
    await Promise.all(watches.map(each => each.next()))
    const counted = async (name: string) => {
      const { text } = await server.call('GET', '/metrics')
      return Number(new RegExp(`^${name}{.*resource="configmaps"} (\\d+)$`, 'm').exec(text)?.[1])
    }
    const before = await counted('kubeling_watch_events_serialized_total')
    await create('second')
    await Promise.all(watches.map(each => each.next()))
    expect(await counted('apiserver_watch_events_total')).toBe(40)
    // One for those who want objects, one for those who want tables.
    expect((await counted('kubeling_watch_events_serialized_total')) - before).toBe(2)
    await Promise.all(watches.map(each => each.return(undefined)))
  })
})
