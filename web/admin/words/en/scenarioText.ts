import type { scenarioText as ja } from '../ja/scenarioText.ts'
import type { Same } from '../same.ts'

export const scenarioText: Same<typeof ja> = {
  heading: 'Scenario as text',
  about:
    'The saved draft as a file people can read (YAML): to pass on, to keep beside your records, or to read into another company’s Hagukumi.',
  refs: '“@segments/…” and the like are references by name. Addresses of webhooks are left out.',
  copy: 'Copy',
  copied: 'Copied',
  download: 'Download',
  from: 'From text',
  fromTitle: 'Make a scenario from text',
  fromAbout: 'Choose a scenario file (.scenario.yaml) or paste its content. It becomes a new draft; nothing is published.',
  file: 'Choose a file',
  paste: 'Text of the scenario',
  make: 'Make the draft',
  close: 'Close',
  missing: 'Left empty because it is not there in this company: {names}. Choose again in the draft.',
}
