import type { AnyHandler } from "../handlers.ts";
import { DEFAULT_MAX_RECEIVE_BYTES } from "../limits.ts";
import type { ServingOptions } from "../server-options.ts";
import { Endpoint } from "./endpoint.ts";

/** The path of a method on the wire, such as `/slipway.metadata.v1.ModelService/GetModel`. */
export function pathOf(method: { parent: { typeName: string }; name: string }): string {
  return `/${method.parent.typeName}/${method.name}`;
}

/** All methods of all bindings by their paths. Throws where an interceptor refuses a method or two bindings clash. */
export function createEndpoints(options: ServingOptions): Map<string, Endpoint> {
  const { bindings, interceptors, maxReceiveBytes = DEFAULT_MAX_RECEIVE_BYTES } = options;
  const endpoints = new Map<string, Endpoint>();
  for (const { service, handlers } of bindings) {
    for (const method of service.methods) {
      for (const interceptor of interceptors) interceptor.prepare?.(method);
      const path = pathOf(method);
      if (endpoints.has(path)) throw new TypeError(`${path} is bound twice`);
      endpoints.set(
        path,
        new Endpoint(method, handlers[method.localName] as AnyHandler, interceptors, maxReceiveBytes),
      );
    }
  }
  return endpoints;
}
