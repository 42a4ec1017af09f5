import { Button } from '@mantine/core'
import { useState } from 'react'
import { type Rule, rule as ruleSchema } from '#loop/segment/rules/contract.ts'
import { SideDrawer } from '../parts/FormDrawer.tsx'
import { EVERYBODY, isComplete } from '../segment/ruleEdit.ts'
import { useWords } from '../words/words.tsx'
import { CompanyRule, Preview } from './CompanyRule.tsx'

/** The rule of an address; one that cannot be read is begun anew. */
function ruleOf(text: string | undefined): Rule {
  try {
    return ruleSchema.catch(EVERYBODY).parse(JSON.parse(text ?? 'null'))
  } catch {
    return EVERYBODY
  }
}

/** Filters the list of companies by a rule made up on the spot. */
export function RuleDrawer({
  rule: given,
  onApply,
  onClose,
}: {
  rule: string | undefined
  onApply: (rule: string | undefined) => void
  onClose: () => void
}) {
  const l = useWords('lists')
  const [rule, setRule] = useState<Rule>(() => ruleOf(given))
  const end = (to: string | undefined) => {
    onApply(to)
    onClose()
  }
  return (
    <SideDrawer opened onClose={onClose} title={l('ruleTitle')} wide>
      <div className="stack">
        <p className="muted">{l('ruleHint')}</p>
        <CompanyRule value={rule} onChange={setRule} />
        <Preview rule={rule} />
        <div className="drawer-foot">
          {given && (
            <Button variant="subtle" color="gray" onClick={() => end(undefined)}>
              {l('ruleClear')}
            </Button>
          )}
          <Button disabled={!isComplete(rule)} onClick={() => end(JSON.stringify(rule))}>
            {l('ruleApply')}
          </Button>
        </div>
      </div>
    </SideDrawer>
  )
}
