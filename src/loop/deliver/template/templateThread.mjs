// Where the thread of templates begins. Named by itself, since all parts of the built server lie in one folder (tools/bundle.mjs).
import './thread.ts'
