// What people on their way through a scenario should do, told without any table: small steps, a naive interpreter, a naive map, random edits.
import { DAY } from '#kernel/clock.ts'
import { branches, type Step, stepsOf } from '#loop/orchestrate/graph/contract.ts'
import type { MoveAsk } from '#loop/orchestrate/versions/contract.ts'
import { days, tag } from './journey.ts'

let serial = 0
export const unique = (prefix: string): string => `${prefix}${++serial}`
export const hit = (id: string, event: string, amount: number, happened: Step[], timedOut: Step[]): Step => ({
  kind: 'await',
  id,
  name: '',
  event: { kind: 'event', match: { event, filters: [] } },
  within: { amount, unit: 'days' },
  branches: [
    { key: 'happened', name: '', weight: 0, steps: happened },
    { key: 'timedOut', name: '', weight: 0, steps: timedOut },
  ],
})

/** Somebody as the model knows them. */
export interface Figure {
  version: number
  at: string | null
  due: number | null
  ended: boolean
  passed: string[]
  /** Mails that steps asked for; where they are looked at. */
  mails?: { readonly step: string; state: 'queued' | 'sent' | 'aside' | 'dropped'; owners?: string[] }[]
}

/** A naive interpreter of nested steps, and a naive map: what is right without any table. */
export const model = {
  /** The lists of steps still to be taken once a step is over, the nearest first; null when the step is not there. */
  rest(steps: readonly Step[], id: string, tail: Step[][] = []): Step[][] | null {
    for (const [i, step] of steps.entries()) {
      const behind = [steps.slice(i + 1), ...tail]
      if (step.id === id) return behind
      for (const branch of branches(step) ? step.branches : []) {
        const found = model.rest(branch.steps, id, behind)
        if (found) return found
      }
    }
    return null
  },
  walk(figure: Figure, lists: readonly (readonly Step[])[], now: number): void {
    for (const step of lists.flat()) {
      if (step.kind === 'tag' || step.kind === 'mail') {
        figure.passed.push(`${step.id}>next`)
        // A step moved behind somebody by an edit is passed again; its mail goes out once for each run.
        if (step.kind === 'mail' && !figure.mails?.some((one) => one.step === step.id))
          figure.mails?.push({ step: step.id, state: 'queued' })
      } else {
        figure.at = step.id
        figure.due = now + lengthOf(step) * DAY
        return
      }
    }
    Object.assign(figure, { at: null, due: null, ended: true })
  },
  leave(figure: Figure, steps: readonly Step[], way: string, now: number): void {
    const step = stepsOf(steps).find((one) => one.id === figure.at)
    if (!step || figure.at === null) return
    figure.passed.push(`${figure.at}>${way}`)
    const inside = branches(step) ? (step.branches.find((one) => one.key === way)?.steps ?? []) : []
    model.walk(figure, [inside, ...(model.rest(steps, figure.at) ?? [])], now)
  },
  target(before: readonly Step[], after: readonly Step[], at: string, map: Readonly<Record<string, string | null>>): string | null {
    if (at in map) return map[at] ?? null
    const there = new Set(stepsOf(after).map(({ id }) => id))
    if (there.has(at)) return at
    return (model.rest(before, at) ?? []).flat().find(({ id }) => there.has(id))?.id ?? null
  },
  move(figure: Figure, before: readonly Step[], after: readonly Step[], ask: MoveAsk, to: number, now: number): void {
    const at = figure.at ?? ''
    const target = model.target(before, after, at, ask.map)
    const kind = (steps: readonly Step[], id: string | null) => stepsOf(steps).find((one) => one.id === id)?.kind
    figure.version = to
    if (target !== null && ask.waits === 'keep' && kind(before, at) === kind(after, target)) {
      if (target !== at) figure.passed.push(`${at}>moved`)
      figure.at = target
      return
    }
    figure.passed.push(`${at}>moved`)
    const found = stepsOf(after).find((one) => one.id === target)
    model.walk(figure, found ? [[found], ...(model.rest(after, found.id) ?? [])] : [], now)
  },
}

const lengthOf = (step: Step): number =>
  step.kind === 'wait' && step.until.kind === 'for' ? step.until.amount : step.kind === 'await' ? step.within.amount : 0

/** One random edit: a step (`deed`: what is done and waits for nothing) comes, goes, or changes its length; or one goes to another place. */
export function edited(steps: readonly Step[], event: string, draw: () => number, deed: (id: string) => Step = tag): Step[] {
  const pick = (n: number) => Math.floor(draw() * n)
  const fresh = (): Step => {
    const id = unique('s')
    return [() => deed(id), () => days(id, 1 + pick(4)), () => hit(id, event, 1 + pick(4), [tag(`${id}y`)], [days(`${id}n`, 1)])][
      pick(3)
    ]?.() as Step
  }
  const all = stepsOf(steps)
  const without = (list: readonly Step[], id: string): Step[] =>
    list.filter((one) => one.id !== id).map((one) => inside(one, (inner) => without(inner, id)))
  const put = (list: readonly Step[], at: number, one: Step): Step[] => [...list.slice(0, at), one, ...list.slice(at)]
  const victim = all[pick(all.length)]
  const place = (list: readonly Step[], one: Step): Step[] => {
    const home = list.filter(branches)[0]
    if (home && draw() < 0.4) {
      const key = draw() < 0.5 ? 'happened' : 'timedOut'
      return list.map((step) =>
        step === home
          ? ({ ...home, branches: home.branches.map((b) => (b.key === key ? { ...b, steps: [...b.steps, one] } : b)) } as Step)
          : step,
      )
    }
    return put(list, pick(list.length + 1), one)
  }
  const what = draw()
  if (!victim || all.length < 3 || what < 0.35) return place(steps, fresh())
  if (what < 0.65) return without(steps, victim.id)
  if (what < 0.85) return place(without(steps, victim.id), victim)
  const change = (list: readonly Step[]): Step[] =>
    list.map((one) => (one.id === victim.id && one.kind === 'wait' ? days(one.id, 1 + pick(4)) : inside(one, change)))
  return change(steps)
}

const inside = (step: Step, change: (steps: Step[]) => Step[]): Step =>
  branches(step) ? ({ ...step, branches: step.branches.map((b) => ({ ...b, steps: change(b.steps) })) } as Step) : step
