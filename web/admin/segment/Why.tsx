import './rule.css'
import './segment.css'
import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Check, X } from 'lucide-react'
import { type FactLeaf, leavesOf, partsOf, type Reason, type Rule } from '#loop/segment/rules/contract.ts'
import { api } from '../api.ts'
import { Chip } from '../parts/Chip.tsx'
import { ErrorNote } from '../parts/ErrorNote.tsx'
import { SideDrawer } from '../parts/FormDrawer.tsx'
import { useFormats } from '../parts/formats.ts'
import { Skeletons } from '../parts/Skeletons.tsx'
import { useWords } from '../words/words.tsx'
import { type RuleWords, useRuleWords } from './ruleWords.ts'

/** Why a person is in a segment or not, in a drawer. */
export function WhyDrawer({ segment, person, onClose }: { segment: string; person: string | null; onClose: () => void }) {
  const t = useWords('segment')
  return (
    <SideDrawer opened={person !== null} onClose={onClose} title={t('why')}>
      {person && <Why segment={segment} person={person} />}
    </SideDrawer>
  )
}

/** The verdict, since when, what will change it, and each condition with what was found. */
export function Why({ segment, person }: { segment: string; person: string }) {
  const t = useWords('segment')
  const f = useFormats()
  const why = useQuery(api.segments.why.queryOptions({ input: { id: segment, person } }))
  const vocabulary = useQuery(api.segments.vocabulary.queryOptions({ input: {} }))
  const words = useRuleWords(vocabulary.data)
  if (why.error) return <ErrorNote error={why.error} retry={why.refetch} />
  if (!why.data) return <Skeletons rows={5} height={36} />
  const { isIn, since, nextChangeAt, rule, because, isEligible, stays } = why.data
  const known = new Map(because.map((reason) => [reason.path, reason]))
  return (
    <div className="stack">
      <div className="verdict">
        <span>{t('whyTitle', { name: why.data.person.name })}</span>
        <Chip tone={isIn ? 'green' : 'grey'}>{t(isIn ? 'whyIn' : 'whyOut')}</Chip>
        {since && <span className="muted">{t('whySince', { at: f.instant(since) })}</span>}
      </div>
      {!isEligible && <p className="muted">{t('whyNotLead')}</p>}
      <ul className="reasons">
        {leavesOf(rule as Rule).map(({ path, leaf }) => (
          <Line
            key={path}
            text={words.leafText(leaf)}
            isNot={isNegated(rule as Rule, path)}
            reason={known.get(path)}
            words={words}
            asked={leaf.kind === 'fact' ? leaf : null}
          />
        ))}
      </ul>
      <p className="muted">{nextChangeAt ? t('whyNext', { at: f.instant(nextChangeAt) }) : t('whyStill')}</p>
      {stays.length > 0 && (
        <div className="stack-s">
          <b>{t('history')}</b>
          {stays.map((stay) => (
            <span className="muted num" key={stay.enteredAt}>
              {f.instant(stay.enteredAt)} → {stay.leftAt ? f.instant(stay.leftAt) : t('stillIn')}
            </span>
          ))}
        </div>
      )}
      <Button component={Link} to={`/leads/${person}` as string} variant="default">
        {why.data.person.name}
      </Button>
    </div>
  )
}

/** Whether a leaf stands below an odd number of exclusions. */
function isNegated(root: Rule, path: string): boolean {
  let node: Rule | undefined = root
  let isNot = false
  for (const i of path === '' ? [] : path.split('.').map(Number)) {
    if (node?.kind === 'not') isNot = !isNot
    node = node && partsOf(node)[i]
  }
  return isNot
}

function Line({
  text,
  isNot,
  reason,
  words,
  asked,
}: {
  text: string
  isNot: boolean
  reason: Reason | undefined
  words: RuleWords
  asked: FactLeaf | null
}) {
  const t = useWords('segment')
  const f = useFormats()
  return (
    <li>
      {reason && reason.isIn !== isNot ? (
        <Check size={16} className="yes" aria-label={t('reasonYes')} />
      ) : (
        <X size={16} className="no" aria-label={t('reasonNo')} />
      )}
      <span>
        {isNot && <span className="not-mark">{t('rule.not')}</span>} {text}
        {reason && (
          <span className="muted block">
            {reason.seen !== undefined &&
              (reason.times?.[0] ? t('seenAt', { n: reason.seen, at: f.instant(reason.times[0]) }) : t('seen', { n: reason.seen }))}
            {asked && t(asked.on ? 'valueWas' : 'valueIs', { value: shown(reason.value, asked.fact, words, t('noValue')) })}
          </span>
        )}
      </span>
    </li>
  )
}

function shown(value: Reason['value'], fact: string, words: RuleWords, none: string): string {
  if (value === null || value === undefined || value === '' || (Array.isArray(value) && !value.length)) return none
  const of = words.fact(fact)
  if (Array.isArray(value)) return value.map((one) => words.optionName(of, one)).join(', ')
  return typeof value === 'string' ? words.optionName(of, value) : String(value)
}
