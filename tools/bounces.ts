// How well returned mails are understood: `node tools/bounces.ts <folder>`, where the folder holds `expected.csv`
// (file, recipient_no, status, reply_code, reason, hard_bounce) and `mail/*.eml`. `--split dev|hold` reads a fixed half only.
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { findingOf } from '#loop/deliver/bounces/decide.ts'
import { readNotice } from '#loop/deliver/bounces/read.ts'
import type { BounceReason } from '#loop/deliver/bounces/reasons.ts'

/** The words of the reference list in ours. Where two of theirs are one of ours, what follows from them is the same. */
const MAP: Readonly<Record<string, BounceReason | 'complaint' | 'auto_reply' | 'delivered'>> = {
  userunknown: 'unknown_user',
  hostunknown: 'unknown_domain',
  hasmoved: 'moved',
  notaccept: 'no_mail',
  mailboxfull: 'mailbox_full',
  suspend: 'disabled',
  mesgtoobig: 'too_big',
  exceedlimit: 'too_big',
  rejected: 'refused',
  filtered: 'filtered',
  policyviolation: 'policy',
  securityerror: 'policy',
  norelaying: 'policy',
  notcompliantrfc: 'policy',
  authfailure: 'authentication',
  blocked: 'reputation',
  badreputation: 'reputation',
  requireptr: 'reputation',
  spamdetected: 'content',
  virusdetected: 'content',
  contenterror: 'content',
  toomanyconn: 'busy',
  speeding: 'busy',
  expired: 'unreachable',
  networkerror: 'unreachable',
  systemerror: 'server',
  mailererror: 'server',
  systemfull: 'server',
  undefined: 'unclear',
  onhold: 'unclear',
  feedback: 'complaint',
  vacation: 'auto_reply',
  delivered: 'delivered',
}

const [folder = '', flag = '', half = ''] = process.argv.slice(2)
const verbose = process.argv.includes('--verbose')
const heldOut = (file: string) => (createHash('sha1').update(`hold${file}`).digest()[0] ?? 0) % 2 === 1

interface Row {
  readonly no: number
  readonly status: string
  readonly reply: string
  readonly reason: string
  readonly hard: boolean
}

const expected = Map.groupBy(
  readFileSync(join(folder, 'expected.csv'), 'utf8')
    .trim()
    .split(/\r?\n/)
    .slice(1)
    .map((line) => line.split(',')),
  (cells) => cells[0] ?? '',
)
const files = readdirSync(join(folder, 'mail')).filter((file) => flag !== '--split' || heldOut(file) === (half === 'hold'))
let rows = 0
let hardRight = 0
let reasonRight = 0
let wronglyHard = 0
for (const file of files) {
  const notice = await readNotice(readFileSync(join(folder, 'mail', file)))
  const wanted: Row[] = (expected.get(file) ?? []).map(([, no, status = '', reply = '', reason = '', hard]) => ({
    no: Number(no),
    status,
    reply,
    reason,
    hard: hard === 'true',
  }))
  const found = notice.kind === 'bounce' ? notice.failures.map(findingOf) : notice.failures.map(() => null)
  if (wanted.length === 0 && found.some((one) => one?.hard)) {
    wronglyHard++
    console.log(`${file}: nothing to suppress, and yet hard`)
  }
  for (const want of wanted) {
    const got = found[want.no - 1]
    const reason = notice.kind === 'bounce' ? (got?.reason ?? (found.length >= want.no ? 'delivered' : 'none')) : notice.kind
    const hard = got?.hard ?? false
    rows++
    if (hard === want.hard) hardRight++
    if (hard && !want.hard) wronglyHard++
    if (reason === MAP[want.reason]) reasonRight++
    if (verbose && (hard !== want.hard || reason !== MAP[want.reason]))
      console.log(
        `${hard !== want.hard ? 'HARD ' : '     '}${file}#${want.no}: want ${want.reason}/${want.hard} ${want.status} ${want.reply}, got ${reason}/${hard} ${got?.status ?? ''} ${got?.reply ?? ''} ${notice.failures[want.no - 1]?.command ?? ''} | ${(got?.said ?? notice.subject).slice(0, 220)}`,
      )
  }
}
const share = (n: number) => `${((100 * n) / rows).toFixed(1)} %`
console.log(
  `${files.length} mails, ${rows} decisions: hard/soft right ${hardRight} (${share(hardRight)}), reasons right ${reasonRight} (${share(reasonRight)}), wrongly hard ${wronglyHard}`,
)
