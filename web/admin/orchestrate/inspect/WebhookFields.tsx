import { Button, Code, CopyButton, TextInput } from '@mantine/core'
import { KeyRound } from 'lucide-react'
import { useState } from 'react'
import { client } from '../../api.ts'
import { useToasts } from '../../parts/useToasts.tsx'
import { useSession } from '../../session.ts'
import { useWords } from '../../words/words.tsx'
import type { FieldsProps } from './props.ts'

/** Where a webhook goes, and the key its receiver checks the signature with. */
export function WebhookFields({ step, onChange }: FieldsProps<'webhook'>) {
  const t = useWords('orchestrate')
  const { may } = useSession()
  return (
    <>
      <TextInput
        type="url"
        label={t('webhook.url')}
        placeholder="https://"
        value={step.url}
        maxLength={2000}
        onChange={(event) => onChange({ ...step, url: event.currentTarget.value })}
      />
      <p className="muted">
        {t('webhook.text')} {t('webhook.ports')}
      </p>
      {may('keys.write') && <Secret />}
    </>
  )
}

function Secret() {
  const t = useWords('orchestrate')
  const p = useWords('parts')
  const toast = useToasts()
  const [secret, setSecret] = useState<string | null>(null)
  if (secret === null) {
    const show = () => client.scenarios.webhookSecret({}).then((answer) => setSecret(answer.secret), toast.failed)
    return (
      <Button variant="default" size="xs" leftSection={<KeyRound size={14} />} onClick={() => void show()}>
        {t('webhook.showKey')}
      </Button>
    )
  }
  return (
    <div className="sc-box">
      <Code block>{secret}</Code>
      <CopyButton value={secret}>
        {({ copied, copy }) => (
          <Button variant="default" size="xs" onClick={copy}>
            {copied ? p('copied') : p('copy')}
          </Button>
        )}
      </CopyButton>
    </div>
  )
}
