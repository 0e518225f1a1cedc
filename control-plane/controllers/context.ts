import type { Client } from '../../client/client.ts'
import type { EventRecorder } from '../../client/event-recorder.ts'
import type { Informers } from '../../client/informers.ts'
import type { WorkQueueObserver } from '../../client/work-queue.ts'
import type { AlarmClock } from '../../common/clock.ts'
import type { Logger } from '../../common/log.ts'

/** What every controller works with. */
export interface ControllerContext {
  readonly client: Client
  readonly informers: Informers
  readonly events: Pick<EventRecorder, 'event'>
  readonly log: Logger
  readonly clock: AlarmClock
  /** Who is to be told what a queue of this controller does; absent: nobody. */
  readonly observeQueue?: () => WorkQueueObserver
}
