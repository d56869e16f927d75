// Many eyes that are lost at once.
import { regionOf } from '../../core/detection/targets.ts';
import type { Finding } from '../finding.ts';

const wanted = 3;

export const vantagesTogether: Finding = {
  code: 'VANTAGES_TOGETHER',
  severity: 'warning',
  means: 'There are three vantages or more, but they stand in fewer than three failure domains.',
  why: 'Vantages in one region are lost with it, or see the same broken network. What they agree on is then one opinion, and the rest is no majority.',
  fix: 'Move vantages until no region or campus holds more than the others together.',
  example: `# one vantage in us-east-2, one in us-west-2, one on the campus`,
  *find({ estate }) {
    const sites = Object.values(estate.sites).filter((site) => site.vantages.length > 0);
    const vantages = sites.flatMap((site) => site.vantages);
    const domains = [...new Set(vantages.flatMap((vantage) => regionOf(estate, vantage.site) ?? []))];
    const fullest = [...sites].sort((a, b) => b.vantages.length - a.vantages.length)[0];
    if (fullest === undefined || vantages.length < wanted || domains.length >= wanted) return;
    yield {
      at: { kind: 'Site', name: fullest.id, pointer: '/spec/vantages' },
      sentence: `${vantages.length} vantages stand in ${domains.length} failure domain${domains.length === 1 ? '' : 's'}`,
      evidence: vantages.map((vantage) => `${vantage.id} in ${regionOf(estate, vantage.site) ?? vantage.site}`),
      remedy: 'let three stand in three regions or campuses',
    };
  },
};
