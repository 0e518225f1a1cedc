import { ApiError, isNotFound } from '../api/errors.ts'
import { Event } from '../api/core/event.ts'
import type { ObjectReference } from '../api/core/references.ts'
import type { KubernetesObject } from '../api/kind.ts'
import { microTimestamp, timestamp } from '../api/time.ts'
import { sleepUnlessAborted, systemClock, type Clock } from '../common/clock.ts'
import type { Logger } from '../common/log.ts'
import type { Runnable } from '../common/run.ts'
import type { Client, NewObject } from './client.ts'
import { EventCorrelator, remember } from './event-correlator.ts'

export interface EventText {
  readonly type: 'Normal' | 'Warning'
  readonly reason: string
  readonly message: string
  /** Which part of the object it is about, for instance `spec.containers{c}`. */
  readonly fieldPath?: string
  /** What was being done; only events of style `series` show it. */
  readonly action?: string
  readonly annotations?: Readonly<Record<string, string>>
}

export interface EventRecorderOptions {
  readonly client: Pick<Client, 'create' | 'patch'>
  /** `kubelet`, `default-scheduler`, `deployment-controller`, … */
  readonly component: string
  /** The node, for events of an agent. */
  readonly host?: string
  /** `count`: the older shape with firstTimestamp and count, as kubelet and controllers use it. `series`: that of events.k8s.io, as the scheduler does. */
  readonly style?: 'count' | 'series'
  readonly log: Logger
  readonly clock?: Clock
}

interface Pending {
  readonly reference: ObjectReference
  readonly event: EventText
  readonly at: Date
}
interface Sent {
  readonly name: string
  readonly namespace: string
  count: number
  at: number
}

const queueLimit = 5000
const tries = 12
const retryAfter = 5_000
/** A series ends when nothing was added to it for so long; the next one is a new event. */
const seriesEnds = 360_000

/** Sends Kubernetes Events in the background, in order. `event` never waits and never throws; when the queue is full the event is lost and logged. */
export class EventRecorder implements Runnable {
  readonly #options: EventRecorderOptions
  readonly #clock: Clock
  readonly #queue: Pending[] = []
  readonly #correlator = new EventCorrelator()
  readonly #sent = new Map<string, Sent>()
  #wake: () => void = () => undefined
  #serial = 0

  constructor(options: EventRecorderOptions) {
    this.#options = options
    this.#clock = options.clock ?? systemClock
  }

  event(about: KubernetesObject | ObjectReference, event: EventText): void {
    if (this.#queue.length >= queueLimit) {
      this.#options.log.warn('event dropped: too many are waiting', { reason: event.reason })
      return
    }
    const reference = { ...('metadata' in about ? referenceTo(about) : about), ...(event.fieldPath ? { fieldPath: event.fieldPath } : {}) }
    this.#queue.push({ reference, event, at: this.#clock.now() })
    this.#wake()
  }

  /** Sends until the signal aborts; what is still waiting then is given up. */
  async run(signal: AbortSignal): Promise<void> {
    signal.addEventListener('abort', () => this.#wake(), { once: true })
    while (!signal.aborted) {
      const next = this.#queue.shift()
      if (next) await this.#send(next, signal)
      else await new Promise<void>(resolve => (this.#wake = resolve))
    }
  }

  async #send(pending: Pending, signal: AbortSignal): Promise<void> {
    const { reference, event, at } = pending
    const { component, host = '' } = this.#options
    const aggregateKey = JSON.stringify([
      { ...reference, resourceVersion: undefined },
      event.type,
      event.reason,
      event.action,
      component,
      host,
    ])
    const sourceKey = JSON.stringify([component, host, reference.kind, reference.namespace, reference.name, reference.uid])
    // The newer style has no flood limit of its own: a series is one write in minutes.
    const correlated =
      this.#options.style === 'series'
        ? { message: event.message, key: `${aggregateKey}\n${event.message}` }
        : this.#correlator.correlate({ aggregateKey, sourceKey, message: event.message }, at.getTime())
    if (!correlated) return
    await this.#deliver(() => this.#write({ ...pending, event: { ...event, message: correlated.message } }, correlated.key), signal)
  }

  async #write(pending: Pending, key: string): Promise<void> {
    const sent = this.#sent.get(key)
    const now = pending.at.getTime()
    const series = this.#options.style === 'series'
    if (sent && !(series && now - sent.at > seriesEnds)) {
      sent.count++
      sent.at = now
      // Of a long series only the beginning is written each time: afterwards it is the counting that costs, not the news.
      if (series && sent.count > 10 && sent.count % 10 !== 0) return
      if (await this.#repeat(sent, pending)) return
    }
    remember(this.#sent, key, await this.#create(pending))
  }

  async #create({ reference, event, at }: Pending): Promise<Sent> {
    const { client, component, host = '', style = 'count' } = this.#options
    const namespace = reference.namespace || 'default'
    // Upstream's names end in the nanoseconds of the moment; milliseconds and a serial number tell events apart here.
    const nanoseconds = BigInt(at.getTime()) * 1_000_000n + BigInt(this.#serial++ % 1_000_000)
    const name = `${reference.name ?? ''}.${nanoseconds.toString(16)}`
    const when =
      style === 'series'
        ? { source: {}, eventTime: microTimestamp(at), reportingInstance: host ? `${component}-${host}` : component, action: event.action }
        : {
            source: { component, ...(host ? { host } : {}) },
            firstTimestamp: timestamp(at),
            lastTimestamp: timestamp(at),
            count: 1,
            reportingInstance: host,
          }
    const object = {
      metadata: { name, namespace, ...(event.annotations ? { annotations: event.annotations } : {}) },
      involvedObject: reference,
      reason: event.reason,
      message: event.message,
      type: event.type,
      reportingComponent: component,
      ...when,
    }
    await client.create(Event, object as NewObject<Event>)
    return { name, namespace, count: 1, at: at.getTime() }
  }

  /** False when the event is gone and must be made again. */
  async #repeat(sent: Sent, { event, at }: Pending): Promise<boolean> {
    const body =
      this.#options.style === 'series'
        ? { series: { count: sent.count, lastObservedTime: microTimestamp(at) } }
        : { count: sent.count, lastTimestamp: timestamp(at), message: event.message }
    try {
      await this.#options.client.patch(Event, sent, { type: 'strategic', body })
      return true
    } catch (error) {
      if (isNotFound(error)) return false
      throw error
    }
  }

  /** An answer of the server is final, even a refusal; while it cannot be reached, the event waits. */
  async #deliver(write: () => Promise<void>, signal: AbortSignal): Promise<void> {
    for (let attempt = 1; !signal.aborted; attempt++) {
      try {
        await write()
        return
      } catch (error) {
        if (error instanceof ApiError || attempt === tries) {
          this.#options.log[error instanceof ApiError && error.code < 500 ? 'debug' : 'warn']('event lost', { error })
          return
        }
        await sleepUnlessAborted(this.#clock, retryAfter, signal)
      }
    }
  }
}

const referenceTo = ({ apiVersion, kind, metadata }: KubernetesObject): ObjectReference => ({
  kind,
  ...(metadata.namespace ? { namespace: metadata.namespace } : {}),
  name: metadata.name,
  uid: metadata.uid,
  apiVersion,
  ...(metadata.resourceVersion ? { resourceVersion: metadata.resourceVersion } : {}),
})
