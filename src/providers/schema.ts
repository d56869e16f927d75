// Pieces of `with` schemas that several technologies share. Everything here is checked before a provider sees it.
import { Type } from 'typebox';

/** `ip:port` or `ip`; IPv6 in brackets when a port follows. */
export const nameServers = Type.Array(
  Type.String({ pattern: '^(\\d{1,3}(\\.\\d{1,3}){3}(:\\d{1,5})?|\\[[0-9a-fA-F:.]+\\](:\\d{1,5})?|[0-9a-fA-F:]+)$' }),
  { minItems: 1, maxItems: 8, description: 'Name servers as ip:port. All are asked at once.' },
);
/** Credentials in a URL would end up in plans and journals, so the pattern has no room for them. */
export const httpUrl = (description: string) => Type.String({ pattern: '^https?://[^/@\\s]+(/\\S*)?$', maxLength: 2_048, description });
export const region = (description: string) => Type.String({ pattern: '^[a-z]{2}(-[a-z]+)+-\\d$', description });
export const identifier = (description: string) => Type.String({ minLength: 1, maxLength: 2_048, description });
