import type { JsonObject } from "@bufbuild/protobuf";
import type { Answer, Operation } from "../operation.ts";
import { type KnownFile, KnownTenant } from "./known-tenant.ts";

/** Somebody who can call. */
export interface Caller {
  /** For people. */
  name: string;
  tenant: string;
  /** `users/…`; empty where nobody can tell. */
  principal: string;
  role: "NOBODY" | "VIEWER" | "CONTRIBUTOR" | "REVIEWER" | "ADMIN" | "PLATFORM" | "SERVICE";
  headers: Record<string, string>;
}

const MAX_REMEMBERED = 60;

/** What both worlds have told, which is the same: all that the next operation is drawn from. */
export class Knowledge {
  readonly tenants = new Map<string, KnownTenant>();
  readonly callers: Caller[] = [];
  /** Pages that can be turned: the request, with the token of what follows. */
  readonly pages: Operation[] = [];
  /** Calls with a request id, to be repeated. */
  readonly repeatable: Operation[] = [];
  /** Keys that answers have shown. */
  readonly secrets: string[] = [];

  tenant(name: string): KnownTenant {
    const known = this.tenants.get(name) ?? new KnownTenant(name);
    this.tenants.set(name, known);
    return known;
  }

  learn(operation: Operation, answer: Answer): void {
    if ("error" in answer || answer.response === null) return;
    if (typeof operation.request.requestId === "string") remember(this.repeatable, operation);
    const response = answer.response as JsonObject;
    const known = this.tenant(operation.tenant);
    if (operation.method.endsWith("/CreateTenant")) this.#learnTenant(response);
    else if (!operation.method.endsWith("/ListTenants")) known.learn(response);
    const { nextPageToken } = response;
    if (typeof nextPageToken === "string" && nextPageToken !== "") {
      remember(this.pages, { ...operation, request: { ...operation.request, pageToken: nextPageToken } });
    }
    if (operation.method.endsWith("/CreateKey")) this.#learnKey(operation.tenant, response);
    if (operation.method.endsWith("/WhoAmI") && known.uid === "") known.uid = String(response.tenantUid);
    if (operation.method.endsWith("/ListFiles")) {
      const files = (response.files ?? []) as unknown as KnownFile[];
      known.files.set(String(operation.request.artifact), files);
    }
    if (operation.method.endsWith("/ListEvents") && Array.isArray(response.events)) {
      known.positions.set(operation.method, String(response.last));
    }
  }

  #learnTenant({ tenant, administratorKey, secret }: JsonObject): void {
    const { name, uid } = tenant as { name: string; uid: string };
    const short = name.replace("tenants/", "");
    const known = this.tenant(short);
    known.uid = uid;
    known.learn(administratorKey ?? null);
    known.principals.add((administratorKey as { principal: string }).principal);
    this.#learnKey(short, { key: administratorKey ?? null, secret: secret ?? null });
  }

  #learnKey(tenant: string, { key, secret }: JsonObject): void {
    const { principal, role } = key as { principal: string; role: string };
    this.secrets.push(String(secret));
    this.callers.push({
      name: `${principal} of ${tenant}, ${role}`,
      tenant,
      principal,
      role: role.replace("ROLE_", "") as Caller["role"],
      headers: { authorization: `Bearer ${secret}` },
    });
  }
}

function remember(list: Operation[], operation: Operation): void {
  list.push(operation);
  if (list.length > MAX_REMEMBERED) list.shift();
}
