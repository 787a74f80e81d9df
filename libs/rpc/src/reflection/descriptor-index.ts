import { createRegistry, type DescFile, type DescService, type Registry, toBinary } from "@bufbuild/protobuf";
import { FileDescriptorProtoSchema } from "@bufbuild/protobuf/wkt";

/** The files that services are declared in, others, and all that they import, found by name, symbol and extension. */
export class DescriptorIndex {
  readonly serviceNames: readonly string[];
  readonly #files = new Map<string, DescFile>();
  readonly #registry: Registry;

  constructor(services: readonly DescService[], others: readonly DescFile[]) {
    this.serviceNames = services.map((service) => service.typeName).toSorted();
    for (const declaring of [...services.map(({ file }) => file), ...others])
      for (const file of withImports(declaring)) this.#files.set(file.proto.name, file);
    this.#registry = createRegistry(...this.#files.values());
  }

  /** The file and everything it imports, serialised; undefined when nothing here has that name. */
  fileNamed(name: string): Uint8Array[] | undefined {
    return serialise(this.#files.get(name));
  }

  /** The file of a service, method, message, enum or extension by its full name. */
  fileOfSymbol(symbol: string): Uint8Array[] | undefined {
    const method = /^(?<service>.+)\.(?<name>[^.]+)$/.exec(symbol)?.groups;
    const service = this.#registry.getService(method?.service ?? "");
    const ofMethod = service?.methods.some((each) => each.name === method?.name) ? service : undefined;
    return serialise((this.#registry.get(symbol) ?? ofMethod)?.file);
  }

  /** The file that declares the extension of a message under a field number. */
  fileOfExtension(messageName: string, number: number): Uint8Array[] | undefined {
    const message = this.#registry.getMessage(messageName);
    return message && serialise(this.#registry.getExtensionFor(message, number)?.file);
  }

  /** Field numbers of all extensions of a message; undefined when the message is not known. */
  extensionNumbers(messageName: string): number[] | undefined {
    if (this.#registry.getMessage(messageName) === undefined) return undefined;
    return [...this.#registry].flatMap((each) =>
      each.kind === "extension" && each.extendee.typeName === messageName ? [each.number] : [],
    );
  }
}

/** The file and all that it imports, each after those that import it. */
function withImports(file: DescFile): DescFile[] {
  const found = new Set<DescFile>();
  const visit = (each: DescFile): void => {
    if (found.has(each)) return;
    for (const imported of each.dependencies) visit(imported);
    found.add(each);
  };
  visit(file);
  return [...found].reverse();
}

function serialise(file: DescFile | undefined): Uint8Array[] | undefined {
  return file && withImports(file).map((each) => toBinary(FileDescriptorProtoSchema, each.proto));
}
