// A controller of which nobody has said where it stands.
import { declaredAs } from '../../core/estate.ts';
import type { Finding } from '../finding.ts';
import { quoted } from '../said.ts';

export const journalSiteUndeclared: Finding = {
  code: 'JOURNAL_SITE_UNDECLARED',
  severity: 'warning',
  means: 'The configuration of a controller does not say in which declared site it stands with its journal. Found with `--config`.',
  why: 'Whether the controller outlives what it evacuates is the first question of a bad day. Without its site nobody can answer it before.',
  fix: 'Name the site in `site`; declare one where it stands in a place of its own.',
  example: `# resus.yaml
site: riverside-campus`,
  *find({ controller, estate }) {
    if (controller === undefined || Object.keys(estate.workloads).length === 0) return;
    const { file, site } = controller;
    if (site !== undefined && declaredAs(estate.sites, site) !== undefined) return;
    yield {
      at: { kind: 'Config', name: file, pointer: '/site' },
      sentence:
        site === undefined
          ? 'nothing says where the controller and its journal stand'
          : `the journal is said to stand at ${quoted(site)}, which nobody declares`,
      evidence: [],
      remedy: site === undefined ? 'add `site`, a declared one' : `declare a Site ${quoted(site)}, or name one that is declared`,
    };
  },
};
