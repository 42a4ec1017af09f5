import './assignment.css'
import { Button, Switch } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { FlaskConical, UserPlus } from 'lucide-react'
import { useState } from 'react'
import type { AssignmentPlan } from '#loop/sales/assignment/contract.ts'
import { again, api, client } from '../api.ts'
import { ErrorNote } from '../parts/ErrorNote.tsx'
import { Card, Page } from '../parts/Page.tsx'
import { PageTop } from '../parts/PageTop.tsx'
import { Skeletons } from '../parts/Skeletons.tsx'
import { useToasts } from '../parts/useToasts.tsx'
import { useSession } from '../session.ts'
import { useWords } from '../words/words.tsx'
import { AssignmentRules, type ChangePlan } from './AssignmentRules.tsx'
import { AssignmentRuns } from './AssignmentRuns.tsx'
import { AssignmentTeams } from './AssignmentTeams.tsx'
import { AssignmentTry } from './AssignmentTry.tsx'

/** The rules by which leads get their owners, tried before they are saved. */
export function AssignmentPage() {
  const t = useWords('assignment')
  const plan = useQuery(api.assignment.read.queryOptions({ input: {} }))
  return plan.data ? (
    <Editor stored={plan.data} />
  ) : (
    <>
      <PageTop title={t('title')} />
      <Page narrow>{plan.error ? <ErrorNote error={plan.error} retry={plan.refetch} /> : <Skeletons rows={6} height={56} />}</Page>
    </>
  )
}

const SWITCHES = ['isOn', 'imports', 'keepCompanyOwner', 'mail'] as const
const WORD = { isOn: 'on', imports: 'imports', keepCompanyOwner: 'keepCompanyOwner', mail: 'mail' } as const

function Editor({ stored }: { stored: AssignmentPlan }) {
  const t = useWords('assignment')
  const toast = useToasts()
  const { may } = useSession()
  const [plan, setPlan] = useState(stored)
  const [trying, setTrying] = useState(false)
  const [busy, setBusy] = useState(false)
  const [failed, setFailed] = useState<unknown>(null)
  const readOnly = !may('assignment.write')
  const change: ChangePlan = (to) => setPlan((now) => ({ ...now, ...(typeof to === 'function' ? to(now) : to) }))
  const isChanged = JSON.stringify(plan) !== JSON.stringify(stored)
  const save = () => {
    setBusy(true)
    setFailed(null)
    client.assignment
      .save(plan)
      .then(() => again(api.assignment.key()))
      .then(() => toast.done(t('saved')), setFailed)
      .finally(() => setBusy(false))
  }
  const run = async () => {
    try {
      const { runId, changed } = await client.assignment.run({})
      await again(api.assignment.key(), api.leads.key())
      if (runId) toast.undo(t('ran', { n: changed }), () => client.assignment.undo({ id: runId }).then(() => again(api.assignment.key())))
      else toast.done(t('ranNone'))
    } catch (error) {
      toast.failed(error)
    }
  }
  return (
    <>
      <PageTop title={t('title')}>
        <Button variant="default" leftSection={<FlaskConical size={15} />} onClick={() => setTrying(true)}>
          {t('tryOut')}
        </Button>
        {!readOnly && (
          <Button loading={busy} disabled={!isChanged} onClick={save}>
            {t('save')}
          </Button>
        )}
      </PageTop>
      <Page narrow>
        <ErrorNote error={failed} />
        {isChanged && <p className="muted">{t('unsaved')}</p>}
        <Card>
          <div className="stack">
            {SWITCHES.map((key) => (
              <Switch
                key={key}
                label={t(WORD[key])}
                checked={plan[key]}
                disabled={readOnly}
                onChange={(event) => change({ [key]: event.currentTarget.checked })}
              />
            ))}
          </div>
        </Card>
        <AssignmentRules plan={plan} onChange={change} readOnly={readOnly} />
        <AssignmentTeams plan={plan} onChange={change} readOnly={readOnly} />
        <AssignmentRuns
          action={
            !readOnly && (
              <Button size="xs" variant="default" leftSection={<UserPlus size={14} />} disabled={isChanged} onClick={() => void run()}>
                {t('runNow')}
              </Button>
            )
          }
        />
      </Page>
      {trying && <AssignmentTry plan={plan} onClose={() => setTrying(false)} />}
    </>
  )
}
