import { decode, encode, RECURSION_DESIRED, TRUNCATED_RESPONSE, type Answer, type DecodedPacket, type Packet } from 'dns-packet'
import type { DnsAnswer } from './answer.ts'

const plainLimit = 512
/** What fits into one packet nearly everywhere; larger answers are asked for by TCP. */
const largest = 1232

/** Reads a query. Undefined: it is none, or has no question to answer. */
export function readQuery(message: Buffer): DecodedPacket | undefined {
  try {
    const query = decode(message)
    return query.type === 'query' && query.questions?.length === 1 ? query : undefined
  } catch {
    // Whatever came in by the network is no error of ours.
    return undefined
  }
}

type Edns = Extract<Answer, { type: 'OPT' }>
const ednsOf = ({ additionals = [] }: DecodedPacket): Edns | undefined => additionals.find((each): each is Edns => each.type === 'OPT')

/** How long a packet the client takes by UDP. */
export const udpLimit = (query: DecodedPacket): number =>
  Math.min(largest, Math.max(plainLimit, ednsOf(query)?.udpPayloadSize ?? plainLimit))

// Bits of the header (RFC 1035): authoritative, recursion desired, recursion available.
const flags = { authoritative: 1 << 10, desired: 1 << 8, available: 1 << 7 }
const codes = { NOERROR: 0, SERVFAIL: 2, NXDOMAIN: 3, NOTIMP: 4 }

export interface Reply extends Pick<DnsAnswer & { type: 'answer' }, 'answers' | 'additional' | 'authorities'> {
  readonly code: keyof typeof codes
}

/** The packet that answers `query`. Beyond `limit` bytes it says that it is cut short, with as many answers as fit. */
export function writeReply(query: DecodedPacket, reply: Reply, limit = 65_535): Buffer {
  const full = encode(packetOf(query, reply))
  if (full.length <= limit) return full
  const fewer = { ...reply, additional: [] as readonly Answer[] }
  for (let count = reply.answers.length; count > 0; count = Math.floor(count / 2)) {
    const packet = packetOf(query, { ...fewer, answers: reply.answers.slice(0, count) })
    const cut = encode({ ...packet, flags: (packet.flags ?? 0) | TRUNCATED_RESPONSE })
    if (cut.length <= limit) return cut
  }
  const empty = packetOf(query, { ...fewer, answers: [], authorities: [] })
  return encode({ ...empty, flags: (empty.flags ?? 0) | TRUNCATED_RESPONSE })
}

function packetOf(query: DecodedPacket, { code, answers, additional, authorities }: Reply): Packet {
  const edns = ednsOf(query)
  const own: Answer[] = edns ? [{ ...edns, udpPayloadSize: largest, options: [] }] : []
  return {
    type: 'response',
    id: query.id ?? 0,
    flags: flags.authoritative | flags.available | ((query.flags ?? 0) & flags.desired) | codes[code],
    questions: query.questions ?? [],
    answers: [...answers],
    authorities: [...authorities],
    additionals: [...additional, ...own],
  }
}

/** Asks the same about another name. */
export function writeQuery(query: DecodedPacket, name: string): Buffer {
  const questions = (query.questions ?? []).map(question => ({ ...question, name }))
  return encode({ type: 'query', id: query.id ?? 0, flags: RECURSION_DESIRED, questions })
}

/** The answers in a packet that came back. */
export const answersIn = (reply: Buffer): readonly Answer[] => decode(reply).answers ?? []
