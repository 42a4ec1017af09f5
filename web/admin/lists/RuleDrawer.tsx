import '../segment/segment.css'
import { Button, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import type { Rule } from '#loop/segment/rules/contract.ts'
import { again, api, client } from '../api.ts'
import type { LeadSearch } from '../identify/leadSearch.ts'
import { SideDrawer } from '../parts/FormDrawer.tsx'
import { Skeletons } from '../parts/Skeletons.tsx'
import { useToasts } from '../parts/useToasts.tsx'
import { PreviewCard } from '../segment/PreviewCard.tsx'
import { RuleEditor } from '../segment/RuleEditor.tsx'
import { isComplete } from '../segment/ruleEdit.ts'
import { useSession } from '../session.ts'
import { useWords } from '../words/words.tsx'

const NOTHING: Rule = { kind: 'and', rules: [] }
const LONGEST = 6_000

/** The rule of an address; one that cannot be read is begun anew. */
function ruleOf(text: string | undefined): Rule {
  try {
    const found = JSON.parse(text ?? 'null') as Rule | null
    return found && typeof found === 'object' && 'kind' in found ? found : NOTHING
  } catch {
    return NOTHING
  }
}

const is = (fact: string, value: string): Rule => ({ kind: 'fact', fact, is: { op: 'eq', value } })

/** The quick filters of the list, said as a rule. */
function rulesOf(search: LeadSearch): Rule[] {
  const { owner, stage, heat, segment, source, sendable, prefecture, industry, priority, status, tag } = search
  return [
    ...(owner === 'none' ? [{ kind: 'fact', fact: 'owner', is: { op: 'empty' } } as Rule] : owner ? [is('owner', owner)] : []),
    ...(stage ? [is('sales.stage', stage)] : []),
    ...(heat ? [is('score.main.heat', heat)] : []),
    ...(segment ? [{ kind: 'segment', segment, isIn: true } as Rule] : []),
    ...(source ? [{ kind: 'or', rules: [is('sourceFirst', source), is('sourceLatest', source)] } as Rule] : []),
    ...(sendable ? [{ kind: 'fact', fact: 'sendable', is: { op: 'eq', value: sendable === 'yes' } } as Rule] : []),
    ...(prefecture ? [is('prefecture', prefecture)] : []),
    ...(industry ? [is('industry', industry)] : []),
    ...(priority ? [is('priority', priority)] : []),
    ...(status ? [is('status', status)] : []),
    ...(tag ? [is('tags', tag)] : []),
  ]
}

/** Filters the list by a rule made up on the spot; it can become a segment. */
export function RuleDrawer({
  search,
  onApply,
  onClose,
}: {
  search: LeadSearch
  onApply: (rule: string | undefined) => void
  onClose: () => void
}) {
  const l = useWords('lists')
  const toast = useToasts()
  const navigate = useNavigate()
  const { may } = useSession()
  const vocabulary = useQuery(api.segments.vocabulary.queryOptions({ input: {} }))
  const [rule, setRule] = useState<Rule>(() => ruleOf(search.rule))
  const [name, setName] = useState('')
  const text = JSON.stringify(rule)
  const isEmpty = rule.kind === 'and' && rule.rules.length === 0
  const others = rulesOf(search)
  const whole: Rule = others.length ? { kind: 'and', rules: [...others, ...(isEmpty ? [] : [rule])] } : rule
  const apply = () => {
    onApply(isEmpty ? undefined : text)
    onClose()
  }
  const save = async () => {
    try {
      const made = await client.segments.create({
        name: name.trim(),
        audience: 'leads',
        rule: whole,
        description: '',
        startsScenarios: false,
      })
      await again(api.segments.key())
      toast.done(l('segmentSaved'))
      void navigate({ to: '/segments/$id' as string, params: { id: made.id } as never })
    } catch (error) {
      toast.failed(error)
    }
  }
  return (
    <SideDrawer opened onClose={onClose} title={l('ruleTitle')} wide>
      <div className="stack">
        <p className="muted">{l('ruleHint')}</p>
        {vocabulary.data ? <RuleEditor value={rule} onChange={setRule} vocabulary={vocabulary.data} /> : <Skeletons rows={3} height={44} />}
        {text.length > LONGEST && <p className="muted">{l('ruleLong')}</p>}
        <PreviewCard rule={whole} audience="leads" />
        {may('segments.write') && (
          <div className="row wrap rule-save">
            <TextInput
              size="xs"
              label={l('segmentName')}
              description={l('asSegmentHint')}
              value={name}
              maxLength={120}
              onChange={(e) => setName(e.currentTarget.value)}
            />
            <Button
              size="xs"
              variant="default"
              disabled={!name.trim() || !isComplete(whole) || (isEmpty && !others.length)}
              onClick={() => void save()}
            >
              {l('asSegment')}
            </Button>
          </div>
        )}
        <div className="drawer-foot">
          {search.rule && (
            <Button
              variant="subtle"
              color="gray"
              onClick={() => {
                onApply(undefined)
                onClose()
              }}
            >
              {l('ruleClear')}
            </Button>
          )}
          <Button disabled={!isComplete(rule) || text.length > LONGEST} onClick={apply}>
            {l('ruleApply')}
          </Button>
        </div>
      </div>
    </SideDrawer>
  )
}
