// Notices to colleagues: into the list of signals, by mail, or into a chat.
import type { Ctx } from '#kernel/ctx.ts'
import { distinctSubjects, subjectOf } from '#kernel/db/buckets.ts'
import { loadPeople } from '#loop/identify/service.ts'
import type { PersonRow } from '#loop/identify/tables.ts'
import { personName } from '#loop/sales/people.ts'
import { raise } from '#loop/sales/signals/service.ts'
import type { NoticeTo } from '../graph/actions.ts'
import { loadStandings } from '../run/queries.ts'
import { putCalls } from './calls/service.ts'
import type { NoticeBody } from './channels/service.ts'
import type { Of, Outcomes } from './doing.ts'
import type { NoticeMail } from './ports.ts'
import { type Colleague, listColleagues } from './queries.ts'

type Notice = Of<'notify'>

/** Tells colleagues, each by the way its step names. */
export async function notify(ctx: Ctx, doings: readonly Notice[]): Promise<Outcomes> {
  const by = Map.groupBy(doings, ({ effect }) => (effect.step.by === 'signal' || effect.step.by === 'mail' ? effect.step.by : 'chat'))
  await signal(ctx, by.get('signal') ?? [])
  const rest = [...(by.get('mail') ?? []), ...(by.get('chat') ?? [])]
  if (!rest.length) return new Map()
  const notices = await write(ctx, rest)
  const outcomes = await mail(ctx, by.get('mail') ?? [], notices)
  await chat(ctx, by.get('chat') ?? [], notices)
  return outcomes
}

async function signal(ctx: Ctx, doings: readonly Notice[]): Promise<void> {
  await raise(
    ctx,
    doings.map(({ effect, run, hop }) => ({
      subject: subjectOf(run.person_id),
      kind: 'scenario',
      channel: 'scenario',
      at: ctx.now,
      causeId: effect.id,
      hop: hop + 1,
      urgent: effect.step.urgent,
      text: effect.step.text,
      detail: { scenario: run.scenario_id, run: run.id, step: effect.step.id },
    })),
  )
}

interface Written {
  readonly title: string
  readonly text: string
  readonly about: string
  readonly link: string | null
  readonly owner: string | null
}

/** What each notice says: the step's words, who it is about, and which scenario stands behind it. */
async function write(ctx: Ctx, doings: readonly Notice[]): Promise<Map<string, Written>> {
  const people = await loadPeople(ctx, distinctSubjects(doings.map(({ run }) => subjectOf(run.person_id))))
  const scenarios = await loadStandings(ctx.db, [...new Set(doings.map(({ run }) => run.scenario_id))])
  const base = ctx.house.publicUrl.replace(/\/$/, '')
  return new Map(
    doings.map(({ effect, run }) => {
      const row = people.get(run.person_id)
      const written: Written = {
        title: `${effect.step.urgent ? '【至急】' : ''}${scenarios.get(run.scenario_id)?.name ?? ''}`,
        text: effect.step.text,
        about: row ? [row.company_name, whoIs(row)].filter(Boolean).join(' ') : '',
        link: row?.identified_at ? `${base}/leads/${run.person_id}` : null,
        owner: row?.owner_id ?? null,
      }
      return [effect.id, written]
    }),
  )
}

const whoIs = (row: PersonRow): string => (row.identified_at ? personName(row) : '')

const MOST_NAMED = 20

async function mail(ctx: Ctx, doings: readonly Notice[], notices: ReadonlyMap<string, Written>): Promise<Outcomes> {
  const outcomes = new Map<string, string>()
  if (!doings.length) return outcomes
  const colleagues = await listColleagues(ctx.db)
  const told = doings.flatMap(({ effect }) => {
    const written = notices.get(effect.id)
    const to = written ? whom(effect.step.to, written.owner, colleagues) : []
    if (!to.length) outcomes.set(effect.id, 'nobody_told')
    return written ? to.map((one) => ({ one, written })) : []
  })
  const mails = [...Map.groupBy(told, ({ one, written }) => JSON.stringify([one.email, written.title, written.text])).values()]
  const send = ctx.house.ports.noticeMailer
  if (send) await send(ctx, mails.flatMap(mailOf))
  return outcomes
}

function mailOf(told: readonly { readonly one: Addressee; readonly written: Written }[]): NoticeMail[] {
  const [first] = told
  if (!first) return []
  const { email, name, language } = first.one
  const { title, text } = first.written
  const leads = told.slice(0, MOST_NAMED).map(({ written }) => ({ words: written.about, link: written.link }))
  return [{ to: email, name, language, title, text, leads, n: told.length }]
}

type Addressee = Pick<Colleague, 'email' | 'name' | 'language'>

/** A lead without an owner is told of to the marketers, and where there are none to the owners of the account. */
function whom(to: NoticeTo, owner: string | null, colleagues: readonly Colleague[]): readonly Addressee[] {
  if (to.kind === 'address') return [{ email: to.address, name: '', language: 'ja' }]
  const inRole = (role: string) => colleagues.filter((one) => one.role === role)
  if (to.kind === 'role') return inRole(to.role)
  const mine = colleagues.filter((one) => one.id === owner)
  if (mine.length) return mine
  const marketers = inRole('marketer')
  return marketers.length ? marketers : inRole('owner')
}

async function chat(ctx: Ctx, doings: readonly Notice[], notices: ReadonlyMap<string, Written>): Promise<void> {
  await putCalls(
    ctx,
    doings.flatMap(({ effect, run }) => {
      const written = notices.get(effect.id)
      if (!written) return []
      const whose = { bucket: run.bucket, person_id: run.person_id, scenario_id: run.scenario_id, run_id: run.id, step: effect.step.id }
      return [{ ...whose, id: effect.id, kind: 'chat' as const, target: effect.step.channel, body: JSON.stringify(bodyOf(written)) }]
    }),
  )
}

const bodyOf = ({ title, text, about, link }: Written): NoticeBody => ({ title, lines: [text, about].filter(Boolean), link })
