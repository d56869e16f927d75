// One database that dies alone: what is around it goes on, its loss ends with its lease, and it never comes back as a second writer.
import { afterEach, describe, expect, it } from 'vitest';
import { knock, until } from './knock.ts';
import { ownHospital, type Own } from './own-hospital.ts';

const LEASE_MS = 60_000;
let hospital: Own['hospital'], database: Own['database'];
ownHospital((own) => void ({ hospital, database } = own));
const isA = (name: string, role: string): Promise<void> =>
  until(
    `${name} is a ${role}`,
    async () =>
      (await database(name)
        .role()
        .catch(() => 'silent')) === role,
  );

describe('a database that dies alone', { timeout: 60_000 }, () => {
  afterEach(async () => {
    for (const { site } of hospital.lost()) await hospital.restore(site);
  });

  it('takes nothing with it, and comes back with its lease', async () => {
    await hospital.lose('reports-west', 'killed', 1_000);
    expect(['reports-west', 'ehr-west', 'reports'].map((name) => database(name).isRunning())).toEqual([false, true, true]);
    const zone = hospital.regions.flatMap((region) => region.zones).find((each) => each.name === 'us-west-2a');
    expect(await knock(zone?.ehr ?? '')).toBe('accepted');
    await until('the end of its lease', () => hospital.lost().length === 0);
    await isA('reports-west', 'standby');
  });

  it('comes back with its zone, where that is lost meanwhile', async () => {
    await hospital.lose('reports-west', 'killed', LEASE_MS);
    await hospital.lose('us-west-2a', 'silent', LEASE_MS);
    await hospital.restore('reports-west');
    expect(database('reports-west').isRunning()).toBe(false);
    await hospital.restore('us-west-2a');
    await isA('reports-west', 'standby');
  });

  it('is made anew where another has taken over, and never writes again', async () => {
    await until('it streams', async () => (await database('reports-west').lagBytes(database('reports'))) === 0);
    await hospital.lose('reports', 'killed', LEASE_MS);
    await database('reports-west').promote();
    await hospital.restore('reports');
    await isA('reports', 'standby');
    expect(await database('reports-west').role()).toBe('primary');
  });

  it('cannot fall silent: that is what a zone does', async () => {
    await expect(hospital.lose('reports', 'silent', LEASE_MS)).rejects.toMatchObject({ code: 'LAB_BAD_REQUEST' });
    expect(hospital.lost()).toEqual([]);
  });
});
