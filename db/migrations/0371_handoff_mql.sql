-- The hand-offs that cite a version of the MQL definition, newest first: those of an old one were looked for through all that came after them.
CREATE INDEX handoff_mql ON handoff ((detail -> 'mqlVersion'), made_at DESC, id DESC) WHERE detail ? 'mqlVersion';
