// What the demo company's month looks like: who comes when, reads what, asks, and buys. Pure: a seed in, a plan out.

import { drawFor } from '#kernel/chance.ts'
import { DAY, HOUR, MINUTE } from '#kernel/clock.ts'

export interface PlannedVisit {
  readonly at: Date
  readonly person: number
  readonly paths: readonly string[]
  readonly referrer: string | null
  readonly utm: Readonly<Record<string, string>> | null
  /** The visit ends with the form. */
  readonly asks: boolean
}

export interface PlannedPerson {
  readonly number: number
  readonly familyName: string
  readonly givenName: string
  readonly familyKana: string
  readonly givenKana: string
  readonly company: string
  readonly department: string
  readonly title: string
  readonly mail: string
  readonly phone: string
  readonly prefecture: string
  readonly industry: string
  /** How a keen reader differs from a passer-by: 0 to 1. */
  readonly interest: number
}

export interface Plan {
  readonly people: ReadonlyMap<number, PlannedPerson>
  /** In the order of time. */
  readonly visits: readonly PlannedVisit[]
}

const FAMILY: readonly [string, string][] = [
  ['見本', 'ミホン'],
  ['例示', 'レイジ'],
  ['試作', 'シサク'],
  ['仮名', 'カメイ'],
  ['雛形', 'ヒナガタ'],
  ['標本', 'ヒョウホン'],
]
const GIVEN: readonly [string, string][] = [
  ['一郎', 'イチロウ'],
  ['二郎', 'ジロウ'],
  ['三郎', 'サブロウ'],
  ['花子', 'ハナコ'],
  ['春子', 'ハルコ'],
  ['夏美', 'ナツミ'],
  ['秋男', 'アキオ'],
  ['冬樹', 'フユキ'],
]
const DEPARTMENTS = ['製造部', '品質管理部', '情報システム部', '経営企画室', '生産技術部']
const TITLES = ['部長', '課長', '主任', '担当', '取締役']
const PREFECTURES = ['東京都', '愛知県', '大阪府', '静岡県', '神奈川県', '福岡県']
const INDUSTRIES = ['製造業', '建設業', '運輸業', '卸売業', '情報通信業']
const PAGES = ['/demo/', '/demo/features', '/demo/pricing', '/demo/cases', '/demo/faq', '/demo/download']
const SOURCES: readonly { referrer: string | null; utm: Record<string, string> | null; weight: number }[] = [
  { referrer: 'https://www.google.com/', utm: null, weight: 42 },
  { referrer: null, utm: null, weight: 24 },
  {
    referrer: 'https://www.google.com/',
    utm: { utm_source: 'google', utm_medium: 'cpc', utm_campaign: '帳票_一般', utm_term: '帳票 電子化' },
    weight: 18,
  },
  { referrer: 'https://news.example.com/', utm: null, weight: 9 },
  { referrer: null, utm: { utm_source: 'exhibition', utm_medium: 'offline', utm_campaign: 'ものづくり展' }, weight: 7 },
]

export interface PlanOptions {
  readonly seed: string
  /** The month ends here. */
  readonly until: Date
  readonly days: number
  readonly visitors: number
  readonly leads: number
}

/** The month of `days` days before `until`. The same options always give the same plan. */
export function planMonth(options: PlanOptions): Plan {
  const start = options.until.getTime() - options.days * DAY
  const people = new Map<number, PlannedPerson>()
  const visits: PlannedVisit[] = []
  for (let person = 0; person < options.visitors; person++) {
    const draw = (what: string) => drawFor(`${options.seed}/${person}/${what}`)
    const asks = person < options.leads
    const interest = asks ? 0.15 + 0.85 * draw('interest') ** 2.2 : 0.5 * draw('interest') ** 2
    if (asks) people.set(person, personOf(person, interest, draw))
    visits.push(...visitsOf(person, interest, asks, start, options, draw))
  }
  return { people, visits: visits.sort((a, b) => a.at.getTime() - b.at.getTime() || a.person - b.person) }
}

type Draw = (what: string) => number
const pick = <T>(list: readonly T[], draw: number): T => list[Math.floor(draw * list.length)] as T
const two = (number: number) => String(number).padStart(2, '0')

function personOf(number: number, interest: number, draw: Draw): PlannedPerson {
  const [familyName, familyKana] = pick(FAMILY, draw('family'))
  const [givenName, givenKana] = pick(GIVEN, draw('given'))
  const company = 1 + Math.floor(draw('company') * 60)
  return {
    number,
    familyName,
    givenName,
    familyKana,
    givenKana,
    company: `株式会社サンプル${two(company)}`,
    department: pick(DEPARTMENTS, draw('department')),
    title: pick(TITLES, draw('title')),
    mail: `demo${String(number + 1).padStart(3, '0')}@sample${two(company)}.example.co.jp`,
    phone: `050-0000-${String(number).padStart(4, '0')}`,
    prefecture: pick(PREFECTURES, draw('prefecture')),
    industry: pick(INDUSTRIES, draw('industry')),
    interest,
  }
}

function visitsOf(person: number, interest: number, asks: boolean, start: number, options: PlanOptions, draw: Draw): PlannedVisit[] {
  const count = asks ? 2 + Math.floor(interest * 7 * draw('count')) : 1 + Math.floor(2.4 * draw('count') ** 3)
  const first = draw('first') * options.days * (asks ? 0.96 : 1)
  const span = options.days - first
  const askAt = asks ? Math.min(count - 1, 1 + Math.floor(draw('ask') * 2)) : -1
  const source = sourceOf(draw('source'))
  return Array.from({ length: count }, (_, index) => {
    const day = Math.floor(first + (index === 0 ? 0 : span * (index / count) * (0.4 + 0.6 * draw(`gap${index}`))))
    const at = new Date(start + day * DAY + workingHour(draw(`hour${index}`)) + draw(`minute${index}`) * HOUR)
    const paths = pathsOf(interest, index === askAt, (what) => draw(`${index}/${what}`))
    return {
      at,
      person,
      paths,
      referrer: index === 0 ? source.referrer : null,
      utm: index === 0 ? source.utm : null,
      asks: index === askAt,
    }
  }).filter((visit) => visit.at < options.until)
}

/** Mostly office hours in Japan (UTC+9): 9 to 18 o'clock is 0 to 9 UTC. */
function workingHour(draw: number): number {
  return (draw < 0.85 ? Math.floor((draw / 0.85) * 9) : 9 + Math.floor(((draw - 0.85) / 0.15) * 5)) * HOUR
}

function pathsOf(interest: number, asks: boolean, draw: Draw): string[] {
  const count = 1 + Math.floor(draw('pages') * (1 + interest * 5))
  const seen = Array.from({ length: count }, (_, i) =>
    pick(interest > 0.55 ? [...PAGES, '/demo/pricing', '/demo/cases'] : PAGES, draw(`page${i}`)),
  )
  return asks ? [...seen, '/demo/download'] : seen
}

function sourceOf(draw: number): (typeof SOURCES)[number] {
  let left = draw * SOURCES.reduce((sum, each) => sum + each.weight, 0)
  for (const source of SOURCES) {
    left -= source.weight
    if (left < 0) return source
  }
  return SOURCES[0] as (typeof SOURCES)[number]
}

/** How long after the visit began its n-th page was opened. */
export const pageDelay = (n: number): number => n * 1.3 * MINUTE
