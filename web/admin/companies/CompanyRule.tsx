import './companies.css'
import { useDebouncedValue } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import type { Rule } from '#loop/segment/rules/contract.ts'
import { api, client } from '../api.ts'
import { ErrorNote } from '../parts/ErrorNote.tsx'
import { Card } from '../parts/Page.tsx'
import { Skeletons } from '../parts/Skeletons.tsx'
import { RuleEditor } from '../segment/RuleEditor.tsx'
import { isComplete } from '../segment/ruleEdit.ts'
import { useWords } from '../words/words.tsx'

/** A rule over what is known of companies. */
export function CompanyRule({ value, onChange }: { value: Rule; onChange: (to: Rule) => void }) {
  const facts = useQuery(api.companySegments.facts.queryOptions({ input: {} }))
  return (
    <>
      {facts.data ? (
        <RuleEditor value={value} onChange={onChange} vocabulary={{ facts: facts.data.items, events: [], segments: [], factsOnly: true }} />
      ) : (
        <Skeletons rows={2} height={44} />
      )}
      <ErrorNote error={facts.error} />
    </>
  )
}

/** How many companies fit now, and the first of them. */
export function Preview({ rule }: { rule: Rule }) {
  const t = useWords('companies')
  const [settled] = useDebouncedValue(rule, 400)
  const preview = useQuery({
    queryKey: [...api.companySegments.key(), 'preview', JSON.stringify(settled)],
    queryFn: () => client.companySegments.preview({ rule: settled }),
    enabled: isComplete(settled),
  })
  return (
    <Card title={t('segmentPreview')} aside={preview.data ? t('count', { n: preview.data.n }) : undefined}>
      <ErrorNote error={preview.error} />
      <ul className="company-plain">
        {preview.data?.some.map((one) => (
          <li key={one.id}>
            <span className="clip">{one.name}</span>
            <span className="muted">{t('peopleN', { n: one.people })}</span>
          </li>
        ))}
      </ul>
    </Card>
  )
}
