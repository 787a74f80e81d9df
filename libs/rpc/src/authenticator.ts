import { createHash, timingSafeEqual } from "node:crypto";
import type { Clock } from "@slipway/runtime";
import type { Caller } from "./caller.ts";
import { fail } from "./fail.ts";

/** Finds out who a call's headers speak for; undefined where they say nothing. */
export type Authenticate = (headers: ReadonlyMap<string, string>) => Promise<Caller | undefined>;

/** The tenant of the platform itself: services and the platform administrator. */
export const PLATFORM_TENANT = "platform";

/** The tenant that open mode works in; fixed, so that every service knows it without asking. */
export const DEFAULT_TENANT = { name: "default", uid: "00000000-0000-7000-8000-000000000001" } as const;

/** Who everybody is in open mode. */
const LOCAL_USER: Caller = {
  tenantUid: DEFAULT_TENANT.uid,
  tenant: DEFAULT_TENANT.name,
  principal: "users/local",
  role: "admin",
  service: false,
  platformAdministrator: true,
};

/** Who the services are to each other. */
export const SERVICE_PRINCIPAL = "serviceAccounts/slipway";

const SERVICE: Caller = {
  tenantUid: PLATFORM_TENANT,
  tenant: PLATFORM_TENANT,
  principal: SERVICE_PRINCIPAL,
  role: "admin",
  service: true,
};

/** The bound on how long a revoked key lives on. */
const CACHED_MS = 5_000;
const MAX_CACHED = 10_000;

/** A key as design.md §8 writes it: id, then 256 bits in base64url. */
const KEY_FORM = /^slw_([0-9a-z]{8,64})_[A-Za-z0-9_-]{43}$/;

/** The id inside a key, by which it is looked up; refuses another form with KEY_MALFORMED. */
export function keyIdOf(key: string): string {
  const id = KEY_FORM.exec(key)?.[1];
  if (id === undefined) throw fail("KEY_MALFORMED");
  return id;
}

export interface AuthenticatorOptions {
  /** Open: whoever shows no service key is `users/local`. */
  open: boolean;
  /** The credential that the services show each other. */
  serviceKey: string;
  /** Whose a key is; throws KEY_UNKNOWN, KEY_EXPIRED, KEY_REVOKED, PRINCIPAL_DISABLED. Cached for at most 5 seconds. */
  lookUp(key: string): Promise<Caller>;
  clock: Clock;
}

/** Reads `authorization: Bearer <key>`. */
export function createAuthenticator({ open, serviceKey, lookUp, clock }: AuthenticatorOptions): Authenticate {
  const serviceHash = sha256(serviceKey);
  const cache = new Map<string, { caller: Caller; untilMs: number }>();
  return async (headers) => {
    const key = /^Bearer +(\S+)$/i.exec(headers.get("authorization") ?? "")?.[1];
    if (key !== undefined && timingSafeEqual(sha256(key), serviceHash)) return SERVICE;
    if (open) return LOCAL_USER;
    if (key === undefined) {
      if (headers.has("authorization")) throw fail("KEY_MALFORMED");
      return undefined;
    }
    const hash = sha256(key).toString("base64");
    const cached = cache.get(hash);
    if (cached !== undefined && cached.untilMs > clock.nowMs()) return cached.caller;
    cache.delete(hash);
    const untilMs = clock.nowMs() + CACHED_MS;
    const caller = await lookUp(key);
    if (cache.size >= MAX_CACHED) cache.delete(cache.keys().next().value as string);
    cache.set(hash, { caller, untilMs });
    return caller;
  };
}

function sha256(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
