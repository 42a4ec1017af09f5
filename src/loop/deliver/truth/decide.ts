// Was it a person or a machine? Pure. Gateways fetch every link of a mail, some press buttons; Apple preloads pictures for everybody.
import { EVIDENCE, type Evidence, type Verdict } from './evidence/contract.ts'
import type { Network } from './networks.ts'

/** A fetch of a pixel or a click, as it came. Instants are epoch ms. */
export interface Hit {
  readonly kind: 'open' | 'click'
  readonly at: number
  readonly method: string
  readonly userAgent: string
  /** Value of Purpose / Sec-Purpose / X-Moz headers. */
  readonly purpose: string
  /** Position of the link; 0 is the trap that nobody sees, −1 the pixel. */
  readonly link: number
  readonly network: Network
  /** The browser says that a person's act began it (Sec-Fetch-User). */
  readonly activated: boolean
  /** The mails of the receiving domain are known to be swept by machines when they come in. */
  readonly swept?: boolean
}

/** What is known of the mail. */
export interface MailFacts {
  readonly sentAt: number | null
  /** How many links it has. */
  readonly links: number
  /** When a page of ours ran its script for this person after a click of this mail; empty where no page can. */
  readonly pagesAt: readonly number[]
}

export interface Judgement {
  readonly verdict: Verdict
  /** Probability of a person, 0–1. */
  readonly likely: number
  readonly because: readonly Evidence[]
}

/**
 * How much each weighs, as natural log-odds; a hit of which nothing is known begins at +2 (88 %). Each of the heavy ones is enough by itself;
 * a data centre, great haste or a domain that is swept alone only raise doubt.
 */
const WEIGHTS: Readonly<Record<Evidence, number>> = {
  trap: -9,
  near_trap: -7,
  head: -7,
  prefetch: -7,
  scanner: -9,
  no_agent: -7,
  bare_agent: -5,
  at_once: -7,
  soon: -2,
  burst: -7,
  sweep: -7,
  gateway: -5,
  apple: -6,
  datacentre: -2.5,
  swept_domain: -2.5,
  activated: 1.5,
  page: 4,
  opened: 0.5,
}
const PRIOR = 2
const HUMAN_FROM = 0.6
const MACHINE_TO = 0.3

const SCANNERS =
  /bot\b|crawl|spider|scan|preview|prefetch|monitor|curl|wget|python|java\/|okhttp|go-http|libwww|httpclient|axios|node-fetch|undici|headless|phantom|barracuda|proofpoint|mimecast|symantec|messagelabs|trend ?micro|fireeye|forcepoint|sophos|fortinet|cloudmark|ironport|safelinks|office-?365|microsoft office|ms-office|skypeuri|slack|facebookexternalhit|twitterbot|whatsapp|line-poker|googleimageproxy|yahoomailproxy|ggpht|validator|urlscan|zscaler|cisco/i
/**
 * Google's and Yahoo's picture proxies fetch when a person opens the mail (not before), so they count as people; the word
 * "bot" and the security gateways do not.
 */
const SCANNERS_OF_PICTURES =
  /bot\b|crawl|spider|scan|curl|wget|python|go-http|httpclient|headless|barracuda|proofpoint|mimecast|symantec|messagelabs|fireeye|forcepoint|sophos|fortinet|cloudmark|ironport|urlscan|zscaler/i
const PROXIES_OF_READERS = /googleimageproxy|yahoomailproxy|ggpht/i
/** Apple Mail Privacy Protection fetches through a proxy that says nothing but this. */
const BARE = /^mozilla\/5\.0$/i

/** A hit within two seconds of sending was not a person: no mailbox shows a mail that fast. */
const AT_ONCE_MS = 2_000
const SOON_MS = 15_000
/** Gateways sweep a mail when it comes in: what is learned of a domain speaks of clicks within this time alone, so that it takes nobody who clicks later. */
export const FRESH_MS = 60_000
/** Two different links within this time: nobody reads that fast. */
const BURST_MS = 1_500
/** All links of a mail within this time. */
const SWEEP_MS = 30_000
/** Once the trap was sprung, everything near it is the same scanner. */
const TRAP_NEAR_MS = 60_000
/** A page whose script ran within this time after the click was what the click led to. */
const PAGE_MS = 120_000

const likelyAt = (odds: number): number => 1 / (1 + Math.exp(-odds))

/** What is thought of one hit, seen among all hits of the same mail, earlier and later ones. */
export function judge(hit: Hit, all: readonly Hit[], mail: MailFacts): Judgement {
  const because = EVIDENCE.filter((kind) => TESTS[kind](hit, all, mail))
  const odds = because.reduce((sum, kind) => sum + WEIGHTS[kind], PRIOR)
  const likely = likelyAt(odds)
  return { verdict: likely >= HUMAN_FROM ? 'human' : likely <= MACHINE_TO ? 'machine' : 'unknown', likely, because }
}

type Test = (hit: Hit, all: readonly Hit[], mail: MailFacts) => boolean
const clicks = (all: readonly Hit[]) => all.filter((one) => one.kind === 'click')
const sinceSent = (hit: Hit, { sentAt }: MailFacts): number => (sentAt === null ? Number.POSITIVE_INFINITY : hit.at - sentAt)

const TESTS: Readonly<Record<Evidence, Test>> = {
  trap: (hit) => hit.kind === 'click' && hit.link === 0,
  near_trap: (hit, all) => hit.link !== 0 && clicks(all).some((one) => one.link === 0 && Math.abs(one.at - hit.at) < TRAP_NEAR_MS),
  head: (hit) => hit.method !== 'GET',
  prefetch: (hit) => hit.purpose !== '',
  scanner: (hit) => (hit.kind === 'open' ? SCANNERS_OF_PICTURES : SCANNERS).test(hit.userAgent),
  no_agent: (hit) => hit.userAgent.trim() === '',
  bare_agent: (hit) => BARE.test(hit.userAgent.trim()),
  at_once: (hit, _all, mail) => sinceSent(hit, mail) < AT_ONCE_MS,
  soon: (hit, _all, mail) => sinceSent(hit, mail) >= AT_ONCE_MS && sinceSent(hit, mail) < SOON_MS,
  burst: (hit, all) => hit.kind === 'click' && clicks(all).some((one) => one.link !== hit.link && Math.abs(one.at - hit.at) < BURST_MS),
  sweep: (hit, all, { links }) =>
    hit.kind === 'click' &&
    links >= 3 &&
    new Set(clicks(all).flatMap((one) => (one.link > 0 && Math.abs(one.at - hit.at) < SWEEP_MS ? [one.link] : []))).size >= links,
  gateway: (hit) => hit.network === 'gateway',
  apple: (hit) => hit.network === 'apple' && hit.kind === 'open',
  // The proxies of Google and Yahoo stand in data centres and fetch for readers.
  datacentre: (hit) => hit.network === 'datacentre' && !PROXIES_OF_READERS.test(hit.userAgent),
  swept_domain: (hit, _all, mail) => hit.kind === 'click' && hit.swept === true && !hit.activated && sinceSent(hit, mail) < FRESH_MS,
  activated: (hit) => hit.kind === 'click' && hit.activated,
  page: (hit, _all, { pagesAt }) => hit.kind === 'click' && pagesAt.some((at) => at >= hit.at && at - hit.at < PAGE_MS),
  opened: (hit, all) =>
    hit.kind === 'click' &&
    all.some(
      (one) =>
        one.kind === 'open' &&
        hit.at - one.at > 3_000 &&
        !BARE.test(one.userAgent.trim()) &&
        !SCANNERS_OF_PICTURES.test(one.userAgent) &&
        one.userAgent !== '',
    ),
}

/** Gateways look at a mail when it comes in: within this time a click may be the first of a sweep. */
const RISKY_MS = 10 * 60_000
/** How long such a click is held back: a sweep over all links is through by then. */
export const HOLD_MS = 20_000

/**
 * Whether a click is held back before it is told: in the first minutes after sending, where the mail has more links than one, and
 * nothing has shown a person behind this mail yet. A mail with one link cannot be swept; its trap tells.
 */
export function isHeldBack(hit: Hit, judged: Judgement, mail: MailFacts, knownPerson: boolean): boolean {
  if (hit.kind !== 'click' || judged.verdict === 'machine' || hit.link === 0) return false
  return mail.links >= 2 && sinceSent(hit, mail) < RISKY_MS && !knownPerson && !judged.because.includes('page')
}

/** What makes a machine by itself: only by these is a domain learned, so that what was learned never proves itself. */
export const DECIDED: readonly Evidence[] = EVIDENCE.filter((one) => likelyAt(PRIOR + WEIGHTS[one]) <= MACHINE_TO)

/** What a receiving domain did with mails of ours. */
export interface Reaction {
  readonly domain: string
  readonly mails: number
  /** Those whose links a machine followed within a minute. */
  readonly swept: number
}

/** Days that are looked back over. */
export const LEARN_DAYS = 30
/** Fewer mails teach nothing. */
export const LEARN_MAILS = 20
/** Of so many the links were followed: the next early click is doubted, too. */
export const LEARN_SHARE = 0.5
