import {
  create,
  createFileRegistry,
  fromBinary,
  getOption,
  hasOption,
  type MessageInitShape,
} from "@bufbuild/protobuf";
import { FileDescriptorProtoSchema, FileDescriptorSetSchema } from "@bufbuild/protobuf/wkt";
import { field } from "@bufbuild/protovalidate/gen/buf/validate/validate_pb.js";
import { ServerReflection, type ServerReflectionRequestSchema } from "@slipway/gen/grpc/reflection/v1/reflection_pb.js";
import { ServerReflection as ServerReflectionAlpha } from "@slipway/gen/grpc/reflection/v1alpha/reflection_pb.js";
import { AccessService } from "@slipway/gen/slipway/access/v1/access_service_pb.js";
import { rule } from "@slipway/gen/slipway/access/v1/rule_pb.js";
import { silentLogger } from "@slipway/runtime";
import { expect } from "chai";
import { each } from "../testing/caught.ts";
import { createClient } from "./client.ts";
import { createInProcessTransport } from "./in-process-transport.ts";
import { createReflection } from "./reflection.ts";

const transport = createInProcessTransport({
  bindings: createReflection([AccessService]),
  interceptors: [],
  log: silentLogger,
});

type Question = NonNullable<MessageInitShape<typeof ServerReflectionRequestSchema>["messageRequest"]>;

async function ask(messageRequest: Question) {
  const client = createClient(ServerReflection, transport);
  for await (const { messageResponse } of client.serverReflectionInfo(each({ messageRequest }))) return messageResponse;
  throw new Error("no answer");
}

async function filesFor(question: Question): Promise<string[]> {
  const answer = await ask(question);
  if (answer.case !== "fileDescriptorResponse") return [];
  return answer.value.fileDescriptorProto.map((bytes) => fromBinary(FileDescriptorProtoSchema, bytes).name);
}

describe("reflection", () => {
  it("lists the services", async () => {
    const answer = await ask({ case: "listServices", value: "" });
    expect(answer.case === "listServicesResponse" && answer.value.service.map(({ name }) => name)).to.deep.equal([
      "grpc.reflection.v1.ServerReflection",
      "grpc.reflection.v1alpha.ServerReflection",
      "slipway.access.v1.AccessService",
    ]);
  });

  it("finds files by name and by any symbol, with all they import", async () => {
    const file = "slipway/access/v1/access_service.proto";
    const whole = await filesFor({ case: "fileByFilename", value: file });
    expect(whole[0]).to.equal(file);
    expect(whole).to.include.members(["slipway/access/v1/rule.proto", "buf/validate/validate.proto"]);
    for (const symbol of ["AccessService", "AccessService.WhoAmI", "WhoAmIRequest"]) {
      const found = await filesFor({ case: "fileContainingSymbol", value: `slipway.access.v1.${symbol}` });
      expect(found[0], symbol).to.equal(file);
    }
  });

  it("keeps options: a client that knows only the answers reads rules of access and of validation", async () => {
    const answer = await ask({ case: "fileByFilename", value: "slipway/access/v1/access_service.proto" });
    if (answer.case !== "fileDescriptorResponse") throw new Error("no files");
    const file = answer.value.fileDescriptorProto.map((bytes) => fromBinary(FileDescriptorProtoSchema, bytes));
    const registry = createFileRegistry(create(FileDescriptorSetSchema, { file: file.toReversed() }));
    const method = registry.getService("slipway.access.v1.AccessService")?.method.createTenant;
    expect(method && getOption(method, rule).platformAdministratorsOnly).to.equal(true);
    const key = registry.getMessage("slipway.access.v1.AuthenticateRequest")?.field.key;
    expect(key && hasOption(key, field)).to.equal(true);
  });

  it("knows what the details of errors are, so that tools can show them", async () => {
    const symbols = {
      "google.rpc.Status": "status",
      "google.rpc.Code": "code",
      "google.rpc.ErrorInfo": "error_details",
      "google.rpc.BadRequest.FieldViolation": "error_details",
      "google.rpc.PreconditionFailure": "error_details",
      "google.rpc.RequestInfo": "error_details",
    };
    for (const [symbol, name] of Object.entries(symbols)) {
      const file = `google/rpc/${name}.proto`;
      expect((await filesFor({ case: "fileContainingSymbol", value: symbol }))[0], symbol).to.equal(file);
      expect((await filesFor({ case: "fileByFilename", value: file }))[0]).to.equal(file);
    }
  });

  it("finds extensions", async () => {
    const containingType = "google.protobuf.MethodOptions";
    const numbers = await ask({ case: "allExtensionNumbersOfType", value: containingType });
    expect(numbers.case === "allExtensionNumbersResponse" && numbers.value.extensionNumber).to.deep.equal([50734]);
    const found = await filesFor({
      case: "fileContainingExtension",
      value: { containingType, extensionNumber: 50734 },
    });
    expect(found[0]).to.equal("slipway/access/v1/rule.proto");
  });

  it("answers what it does not know with NOT_FOUND, and goes on", async () => {
    const client = createClient(ServerReflection, transport);
    const unknown: Question[] = [
      { case: "fileByFilename", value: "x.proto" },
      { case: "fileContainingSymbol", value: "x.Y" },
      { case: "fileContainingSymbol", value: "slipway.access.v1.AccessService.Nothing" },
      { case: "allExtensionNumbersOfType", value: "x.Y" },
      { case: "fileContainingExtension", value: { containingType: "x.Y", extensionNumber: 1 } },
    ];
    const answers = client.serverReflectionInfo(each(...unknown.map((messageRequest) => ({ messageRequest }))));
    const codes: unknown[] = [];
    for await (const { messageResponse } of answers) {
      codes.push(messageResponse.case === "errorResponse" && messageResponse.value.errorCode);
    }
    expect(codes).to.deep.equal([5, 5, 5, 5, 5]);
  });

  it("serves older tools", async () => {
    const client = createClient(ServerReflectionAlpha, transport);
    const request = { messageRequest: { case: "listServices" as const, value: "" } };
    for await (const { messageResponse, originalRequest } of client.serverReflectionInfo(each(request))) {
      expect(messageResponse.case).to.equal("listServicesResponse");
      expect(originalRequest?.messageRequest.case).to.equal("listServices");
    }
  });
});
