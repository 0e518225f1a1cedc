/** How likely each thing is to go wrong, with every call or event; and how slow things are, in milliseconds. */
export interface Faults {
  /** The call is answered by 409 though nobody else wrote. */
  readonly conflict: number
  /** 429. */
  readonly busy: number
  /** 500. */
  readonly broken: number
  /** The connection fails before the server has heard anything. */
  readonly unreachable: number
  /** The server does it, and the answer gets lost. */
  readonly unanswered: number
  /** A creation with a generated name meets one that is taken. */
  readonly taken: number
  /** The program dies with this call: before the server hears of it, or after it did it. */
  readonly crash: number
  /** A watch ends after an event, at once or after it has been mute for a while. */
  readonly cut: number
  /** The version that a watch wants to go on from is forgotten. */
  readonly forgotten: number
  /** News or answers come late. */
  readonly late: number
  readonly lateness: number
}

export const noFaults: Faults = {
  conflict: 0,
  busy: 0,
  broken: 0,
  unreachable: 0,
  unanswered: 0,
  taken: 0,
  crash: 0,
  cut: 0,
  forgotten: 0,
  late: 0,
  lateness: 0,
}

export const usualFaults: Faults = {
  conflict: 0.02,
  busy: 0.02,
  broken: 0.02,
  unreachable: 0.02,
  unanswered: 0.04,
  taken: 0.01,
  crash: 0.015,
  cut: 0.03,
  forgotten: 0.3,
  late: 0.1,
  lateness: 3000,
}
