// The way that users go to a workload: where to, who answers for the name, who they are, and how long what they were told before stays in use.
import Type, { type Static } from 'typebox';
import type { UsersPath } from '../core/estate.ts';
import type { SiteId } from '../core/values.ts';
import { ms, present } from './kinds/kind.ts';
import { closed, Distinct, Duration, Name, Refers } from './schema.ts';

const Population = Type.Object({ name: Name('who they are'), site: Refers('Site', 'where they are') }, closed);
/** Of a workload's `spec`. */
export const usersPath = Type.Object(
  {
    url: Type.String({
      pattern: '^https?://[^\\s/]+(?:/\\S*)?$',
      maxLength: 2_048,
      form: 'an http or https URL',
      title: 'where users go',
    }),
    nameServers: Type.Array(Type.String({ pattern: '^\\S+$', maxLength: 256, form: 'ADDRESS or ADDRESS:PORT' }), {
      maxItems: 10,
      default: [],
      title: 'who answers for that name; those of the machine when left out',
    }),
    privateZone: Type.Optional(
      Type.Object(
        {
          answeredAt: Type.Array(Refers('Site', 'where it is answered'), {
            minItems: 1,
            maxItems: 100,
            uniqueItems: true,
            title: 'the sites that answer it: networks it is associated with, resolver endpoints, servers of our own',
          }),
        },
        { ...closed, title: 'its name is in a private zone, which only these sites answer; a public one when left out' },
      ),
    ),
    ttl: Type.Optional(
      Duration({
        least: '0s',
        most: '7d',
        about: 'the TTL of the records of that name: how long resolvers keep the old address; not known when left out',
      }),
    ),
    clientCache: Type.Optional(
      Duration({
        least: '0s',
        most: '7d',
        about: 'how much longer than the TTL the software of users keeps an address; `0s` where it asks again; not known when left out',
      }),
    ),
    canaries: Type.Optional(
      Type.Object(
        {
          system: Type.String({
            pattern: '^[a-z][a-z0-9+.-]*:\\S+$',
            maxLength: 256,
            form: 'a URI, e.g. urn:oid:1.2.3 or https://hospital.example/canaries',
            default: 'urn:resus:canary',
            title: 'the system of the identifiers of what canaries write, in which no real record is',
          }),
          patients: Type.Array(Type.String({ pattern: '^[A-Za-z0-9.-]{1,64}$', form: 'the id of a FHIR resource' }), {
            maxItems: 100,
            uniqueItems: true,
            default: [],
            title: 'the ids of made-up patients: the only ones that probes may read',
          }),
        },
        { ...closed, title: 'the names that are kept for canaries and probes, apart from those of patients' },
      ),
    ),
    populations: Distinct(Population, 'name', { minItems: 1, maxItems: 100, title: 'who its users are, and where' }),
  },
  { ...closed, title: 'the way that users go' },
);

export const usersPathOf = ({
  url,
  nameServers,
  privateZone,
  ttl,
  clientCache,
  canaries,
  populations,
}: Static<typeof usersPath>): UsersPath =>
  present({
    url,
    nameServers,
    privateZone: privateZone === undefined ? undefined : { answeredAt: sitesOf(privateZone.answeredAt) },
    ttlMs: ttl === undefined ? undefined : ms(ttl),
    clientCacheMs: clientCache === undefined ? undefined : ms(clientCache),
    canaries,
    populations: populations.map(({ name, site }) => ({ name, site: site as SiteId })),
  }) as UsersPath;
const sitesOf = (names: readonly string[]): readonly SiteId[] => names.map((name) => name as SiteId);
