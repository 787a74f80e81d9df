import { type DescMessage, isMessage, type MessageShape } from "@bufbuild/protobuf";
import type { Connection } from "@slipway/client";
import { UploadState } from "@slipway/gen/slipway/artifact/v1/upload_pb.js";
import {
  CompleteUploadResponseSchema,
  UploadFileRequestSchema,
  UploadFileResponseSchema,
} from "@slipway/gen/slipway/artifact/v1/upload_service_pb.js";
import {
  CreateModelResponseSchema,
  DeleteModelRequestSchema,
  PurgeModelRequestSchema,
} from "@slipway/gen/slipway/metadata/v1/model_service_pb.js";
import { CreateVersionResponseSchema } from "@slipway/gen/slipway/metadata/v1/version_service_pb.js";
import type { CallOptions, Transport, TypedMethod } from "@slipway/rpc";
import { expect } from "chai";

/** What a server has acknowledged, as its client saw it; a server that comes after it must still know all of it. */
export class Acknowledgements {
  readonly #models = new Map<string, string>();
  /** Asked for, acknowledged or not: a deleted model hides its versions. */
  readonly #deleted = new Set<string>();
  readonly #purged = new Set<string>();
  readonly #files: { upload: string; path: string; sha256: string }[] = [];
  readonly #artifacts = new Set<string>();
  readonly #versions = new Map<string, { uid: string; artifact: string }>();

  /** How many versions, artifacts and files. */
  get count(): number {
    return this.#versions.size + this.#artifacts.size + this.#files.length;
  }

  /** The same transport; it notes the answers that come. */
  over(transport: Transport): Transport {
    const unary = async <I extends DescMessage, O extends DescMessage>(
      method: TypedMethod<I, O>,
      request: MessageShape<I>,
      options: CallOptions,
    ): Promise<MessageShape<O>> => {
      if (isMessage(request, DeleteModelRequestSchema)) this.#deleted.add(request.name);
      if (isMessage(request, PurgeModelRequestSchema)) this.#purged.add(request.name);
      const response = await transport.unary(method, request, options);
      this.#note(request, response);
      return response;
    };
    const stream = async function* <I extends DescMessage, O extends DescMessage>(
      this: Acknowledgements,
      method: TypedMethod<I, O>,
      requests: AsyncIterable<MessageShape<I>>,
      options: CallOptions,
    ): AsyncGenerator<MessageShape<O>> {
      let first: unknown;
      const noted = async function* () {
        for await (const request of requests) {
          first ??= request;
          yield request;
        }
      };
      for await (const response of transport.stream(method, noted(), options)) {
        this.#note(first, response);
        yield response;
      }
    };
    return { unary, stream: stream.bind(this) as Transport["stream"], close: () => transport.close() };
  }

  #note(request: unknown, response: unknown): void {
    if (isMessage(response, CreateModelResponseSchema) && response.model) {
      this.#models.set(response.model.name, response.model.uid);
    } else if (isMessage(request, UploadFileRequestSchema) && isMessage(response, UploadFileResponseSchema)) {
      const upload = request.content.case === "header" ? request.content.value.upload : "";
      this.#files.push({ upload, path: response.file?.path ?? "", sha256: response.file?.sha256 ?? "" });
    } else if (isMessage(response, CompleteUploadResponseSchema)) {
      this.#artifacts.add(response.artifact?.name ?? "");
    } else if (isMessage(response, CreateVersionResponseSchema) && response.version) {
      const { name, uid, artifact } = response.version;
      this.#versions.set(name, { uid, artifact });
    }
  }

  /** Fails when something that was acknowledged is not there, or not as it was. */
  async check({ models, uploads, artifacts, versions }: Connection): Promise<void> {
    for (const [name, uid] of this.#models) {
      if (this.#purged.has(name)) continue;
      expect((await models.getModel({ name })).model?.uid, name).to.equal(uid);
    }
    for (const { upload: name, path, sha256 } of this.#files) {
      const { upload, files } = await uploads.getUpload({ name, pageSize: 1000 });
      const there =
        upload?.state === UploadState.COMPLETED
          ? (await artifacts.listFiles({ artifact: upload.artifact, pageSize: 1000 })).files
          : files.filter(({ complete }) => complete);
      expect(there.find((file) => file.path === path)?.sha256, `${path} of ${name}`).to.equal(sha256);
    }
    for (const name of this.#artifacts) expect((await artifacts.getArtifact({ name })).artifact?.name).to.equal(name);
    for (const [name, { uid, artifact }] of this.#versions) {
      const model = name.replace(/\/versions\/.*/, "");
      if (this.#deleted.has(model) || this.#purged.has(model)) continue;
      const { version } = await versions.getVersion({ name });
      expect({ uid: version?.uid, artifact: version?.artifact }, name).to.deep.equal({ uid, artifact });
    }
  }
}
