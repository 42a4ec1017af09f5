import { Button, CopyButton } from '@mantine/core'
import { Check, Copy } from 'lucide-react'
import { useWords } from '../words/words.tsx'

/** Something shown once, with a button that copies it. */
export function SecretBox({ text, label }: { text: string; label: string }) {
  const t = useWords('access')
  return (
    <div className="secret-box">
      <output aria-label={label}>{text}</output>
      <CopyButton value={text}>
        {({ copied, copy }) => (
          <Button variant="default" onClick={copy} leftSection={copied ? <Check size={14} /> : <Copy size={14} />}>
            {copied ? t('copied') : t('copy')}
          </Button>
        )}
      </CopyButton>
    </div>
  )
}
