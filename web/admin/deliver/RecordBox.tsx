import { Button, CopyButton } from '@mantine/core'
import { useWords } from '../words/words.tsx'

/** A piece of a DNS record as it is entered, with a button that copies it. */
export function RecordBox({ name, text }: { name: string; text: string }) {
  const t = useWords('sending')
  return (
    <div>
      <div className="row">
        <span className="mantine-InputWrapper-label">{name}</span>
        <CopyButton value={text}>
          {({ copied, copy }) => (
            <Button size="compact-xs" variant="subtle" className="push" onClick={copy} aria-label={`${t('copy')}: ${name}`}>
              {copied ? t('copied') : t('copy')}
            </Button>
          )}
        </CopyButton>
      </div>
      <code className="record-box">{text}</code>
    </div>
  )
}
