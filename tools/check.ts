// `npm run check`: the gates and the architecture test, without the suite.
import { printVerdicts, run, runGates } from './gates.ts'

const verdicts = [...runGates(), run('architecture', 'vitest', ['run', '--project', 'unit', 'test/architecture.test.ts'])]
printVerdicts(verdicts)
process.exitCode = verdicts.every((verdict) => verdict.ok) ? 0 : 1
