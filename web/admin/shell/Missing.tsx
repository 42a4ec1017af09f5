import { Button } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { Compass } from 'lucide-react'
import { useWords } from '../words/words.tsx'
import { Notice } from './Notice.tsx'

/** 404: no such page. */
export function Missing() {
  const t = useWords('shell')
  return (
    <Notice
      icon={Compass}
      title={t('missingTitle')}
      actions={
        <Button component={Link} to="/dashboard">
          {t('backHome')}
        </Button>
      }
    >
      {t('missingText')}
    </Notice>
  )
}
