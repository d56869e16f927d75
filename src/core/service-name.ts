// Names of services (RFC 2782), as `_http._tcp.ehr.example`: DNS says by SRV records where each instance is, its port included.
// Whoever connects by such a name takes the port from there.

/** Whether a name is asked for by SRV. */
export const isService = (name: string): boolean => /^_[^.]+\._[^.]+\./.test(name);

/** The name without the labels of a service, `ehr.example`: what a server answers to in `Host` and in its certificate. */
export const ownName = (name: string): string => (isService(name) ? name.split('.').slice(2).join('.') : name);
