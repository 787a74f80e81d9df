/**
 * The person behind a principal of a tenant: the owner of a service account, else the principal itself. Rules about
 * persons (who made something, who may judge it) compare these.
 */
export type PersonOf = (tenantUid: string, principal: string) => Promise<string>;
