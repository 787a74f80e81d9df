import type { Model } from "@slipway/gen/slipway/metadata/v1/model_pb.js";
import type { Version } from "@slipway/gen/slipway/metadata/v1/version_pb.js";
import type { Caller } from "@slipway/rpc";
import type { StoredModel } from "./model.ts";

/** Whose models a caller reads: those of the caller's tenant, or a shared one of another. */
export interface Place {
  tenantUid: string;
  /** Name of the tenant. */
  tenant: string;
  /** The reader is told of published and withdrawn versions only. */
  viewer: boolean;
  /** It is not the caller's own tenant. */
  foreign: boolean;
}

/**
 * Where a caller may read the model in a name such as `tenants/acme/models/iris/versions/1.0.0`. Throws TENANT_FORBIDDEN
 * for another tenant's model that is not shared, whether it exists or not; `field` is where the request has the name.
 */
export type PlaceOf = (caller: Caller, name: string, field: string) => Promise<Place>;

/** A model as it is called there: in full where it is another tenant's. */
export function modelFrom(place: Pick<Place, "tenant" | "foreign">, model: Model): Model {
  const { name, creator } = model;
  return place.foreign ? { ...model, name: inFull(place, name), creator: inFull(place, creator) } : model;
}

/** A model that another tenant shares, as GetModel shows it under its full name. */
export function foreignModel({ sharer }: StoredModel, model: Model): Model {
  if (sharer === undefined) throw new Error(`the model ${model.uid} is shared, and nobody shared it`);
  return modelFrom({ tenant: sharer.tenant, foreign: true }, model);
}

/** A version as it is called there, without what only its own tenant can look up. */
export function versionFrom(place: Place, version: Version): Version {
  if (!place.foreign) return version;
  const { name, artifact, creator, url } = version;
  return {
    ...version,
    name: inFull(place, name),
    artifact: inFull(place, artifact),
    creator: inFull(place, creator),
    // The last such part: what stands before it is the address of the server.
    url: url.replace(/\/models\/([^/]*\/versions\/[^/]*)$/, (_, rest) => `/tenants/${place.tenant}/models/${rest}`),
    admissionRun: "",
  };
}

function inFull({ tenant }: Pick<Place, "tenant">, name: string): string {
  return `tenants/${tenant}/${name}`;
}
