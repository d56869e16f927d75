// Too few eyes to believe a loss.
import type { Finding } from '../finding.ts';

const wanted = 3;

export const fewVantages: Finding = {
  code: 'FEW_VANTAGES',
  severity: 'warning',
  means: 'Workloads are watched from fewer than three vantages.',
  why: 'One vantage cannot tell the loss of a site from the loss of its own network, and of two no majority is left when one is lost. With fewer than three Resus asks people before each act, whatever the tier says.',
  fix: 'Declare three vantages in three failure domains: one in each region, and one where the users are.',
  example: `kind: Site
metadata: { name: riverside-campus }
spec: { level: campus, vantages: [{ id: campus, references: [...] }] }`,
  *find({ estate }) {
    const sites = Object.values(estate.sites);
    const vantages = sites.flatMap((site) => site.vantages);
    const [first] = sites.filter((site) => site.vantages.length > 0);
    const holder = first ?? sites[0];
    if (holder === undefined || Object.keys(estate.workloads).length === 0 || vantages.length >= wanted) return;
    yield {
      at: { kind: 'Site', name: holder.id, pointer: '/spec/vantages' },
      sentence: `${vantages.length === 0 ? 'no vantage is' : vantages.length === 1 ? 'one vantage alone is' : `only ${vantages.length} vantages are`} declared`,
      evidence: vantages.map((vantage) => `${vantage.id} at ${vantage.site}`),
      remedy: 'declare three, in three failure domains',
    };
  },
};
