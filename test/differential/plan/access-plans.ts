import fc from "fast-check";
import { TEXTS } from "../words.ts";
import { badPageToken, fields, known, NO_UID, pageSize, spelled, weighted } from "./draw.ts";
import type { Drawing, Plans } from "./plan.ts";
import { artifactName } from "./version-plans.ts";

const PRINCIPALS = ["users/ada", "users/bob", "users/dora", "serviceAccounts/robot"];
const BAD_PRINCIPALS = ["users/", "users/Ada", "users/愛達", "robots/x", "serviceAccounts/-x"];
const text = fc.constantFrom(...TEXTS);
const pages = { pageSize: pageSize(), pageToken: badPageToken() };

const newPrincipal = weighted([8, fc.constantFrom(...PRINCIPALS)], [1, fc.constantFrom(...BAD_PRINCIPALS)]);
const principalName = ({ tenant }: Drawing) =>
  spelled(tenant, weighted([4, known(tenant.principals, "users/ada")], [1, newPrincipal]));
const noKey = `slw_${"0".repeat(32)}_${"A".repeat(43)}`;

export const accessPlans: Plans = {
  "access.v1.AccessService/WhoAmI": { weight: 10, request: () => fields({}) },
  "access.v1.AccessService/Authenticate": {
    weight: 8,
    request: ({ knowledge }) =>
      fields({ key: weighted([6, known(knowledge.secrets, noKey)], [1, fc.constantFrom(noKey, "slw_x", "")]) }),
  },
  "access.v1.AccessService/AuthorizeDownload": {
    weight: 12,
    request: (drawing) =>
      fields(
        {
          tenantUid: fc.constantFrom(drawing.tenant.uid, drawing.other.uid),
          principal: principalName(drawing),
          role: fc.constantFrom(1, 2, 3, 4),
          artifactDigest: artifactName(drawing).map((name) => name.replace(/^.*artifacts\//, "")),
        },
        { allowDangerous: [30, fc.constant(true)], ownerTenant: [30, fc.constantFrom("alpha", "beta", "nobody")] },
      ),
  },
  "access.v1.AccessService/CreateTenant": {
    weight: 5,
    request: () =>
      fields(
        {
          tenant: fields(
            { name: fc.constantFrom("gamma", "delta", "alpha", "Bad", "").map((name) => `tenants/${name}`) },
            { displayName: [50, text] },
          ),
        },
        { administrator: [50, newPrincipal] },
      ),
  },
  "access.v1.AccessService/ListTenants": { weight: 5, request: () => fields({}, pages) },
  "access.v1.AccessService/CreatePrincipal": {
    weight: 14,
    request: (drawing) =>
      newPrincipal.chain((name) => {
        const owner: [number, fc.Arbitrary<string>] = [
          name.startsWith("serviceAccounts") ? 80 : 5,
          principalName(drawing),
        ];
        return fields({ principal: fields({ name: fc.constant(name) }, { displayName: [50, text], owner }) });
      }),
  },
  "access.v1.AccessService/ListPrincipals": { weight: 10, request: () => fields({}, pages) },
  "access.v1.AccessService/DisablePrincipal": {
    weight: 5,
    // Not those that the other operations need.
    request: ({ tenant }) =>
      fields({
        name: spelled(tenant, fc.constantFrom("users/dora", "users/dora", "serviceAccounts/robot", "users/x")),
      }),
  },
  "access.v1.AccessService/CreateKey": {
    weight: 8,
    request: (drawing) =>
      fields(
        { principal: principalName(drawing), role: fc.constantFrom(0, 1, 2, 3, 4, 9) },
        {
          description: [50, text],
          expireTime: [30, fc.constantFrom("2025-01-01T00:00:00Z", "2026-01-01T00:00:20Z", "2030-01-01T00:00:00Z")],
        },
      ),
  },
  "access.v1.AccessService/ListKeys": { weight: 10, request: () => fields({}, pages) },
  "access.v1.AccessService/RevokeKey": {
    weight: 3,
    // The first ones are those that the other operations need.
    request: ({ tenant, other }) =>
      fields({
        name: spelled(
          tenant,
          weighted(
            [4, known([...tenant.keys].slice(5), `keys/${NO_UID}`)],
            [1, known([...other.keys].slice(5), "keys/x")],
          ),
        ),
      }),
  },
};
