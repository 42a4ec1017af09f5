import { Button, Code, CopyButton } from '@mantine/core'
import { Copy, Lock } from 'lucide-react'
import { EmptyState } from '../parts/EmptyState.tsx'
import { Card, Pairs } from '../parts/Page.tsx'
import { useWords } from '../words/words.tsx'
import type { FormDetail } from './form.ts'

/** Where a form can be found, how it stands in a site, and what was turned away. */
export function ShareTab({ form }: { form: FormDetail }) {
  const t = useWords('forms')
  const origin = new URL(form.hostedUrl).origin
  const known = (reason: string): reason is 'trap' | 'limit' => reason === 'trap' || reason === 'limit'
  if (form.status !== 'published') return <EmptyState small icon={Lock} title={t('notPublished')} />
  return (
    <div className="stack">
      <Card title={t('hosted')} aside={t('version', { n: form.version })}>
        <p className="muted">{t('hostedText')}</p>
        <Snippet text={form.hostedUrl} />
      </Card>
      <Card title={t('embed')}>
        <p className="muted">{t('embedText')}</p>
        <Snippet text={`<div data-hagukumi-form="${form.id}"></div>`} />
        <p className="muted">{t('embedAlone')}</p>
        <Snippet text={`<script async src="${origin}/form.js"></script>`} />
      </Card>
      <Card title={t('drops')}>
        {form.drops.length ? (
          <Pairs items={form.drops.map((one) => [known(one.reason) ? t(`drop.${one.reason}`) : one.reason, one.n] as const)} />
        ) : (
          <span className="muted">{t('dropsNone')}</span>
        )}
      </Card>
    </div>
  )
}

function Snippet({ text }: { text: string }) {
  const t = useWords('forms')
  return (
    <div className="snippet">
      <Code block>{text}</Code>
      <CopyButton value={text}>
        {({ copied, copy }) => (
          <Button size="xs" variant="default" leftSection={<Copy size={13} />} onClick={copy}>
            {copied ? t('copied') : t('copy')}
          </Button>
        )}
      </CopyButton>
    </div>
  )
}
