import { Verdict } from "@slipway/gen/slipway/artifact/v1/inspection_pb.js";
import { expect } from "chai";
import { ALICE, closeHarnesses, openHarness } from "../testing/harness.test.ts";
import { failureOf, push } from "../testing/pushing.test.ts";

/** `pickle.dumps` of what calls os.system("true") when it is loaded. */
const EVIL_PICKLE = Buffer.from("cos\nsystem\n(S'true'\ntR.");

describe("InspectArtifact", () => {
  afterEach(closeHarnesses);

  it("finds what loading the files would do, reads them once, and gives the same report again", async () => {
    let reads = 0;
    const { as } = await openHarness({
      objects: (objects) => {
        const read = objects.read.bind(objects);
        return Object.assign(objects, {
          read: (...[key, range]: Parameters<typeof read>) => {
            reads += 1;
            return read(key, range);
          },
        });
      },
    });
    const { artifact } = await push(as(ALICE), { "model.pkl": EVIL_PICKLE, "README.md": Buffer.from("# A model\n") });
    const first = await as(ALICE).artifacts.inspectArtifact({ artifact: artifact.name });
    expect(first.verdict).to.equal(Verdict.DANGEROUS);
    expect(first.findings[0]).to.include({
      path: "model.pkl",
      rule: "pickle.import.denied",
      severity: Verdict.DANGEROUS,
    });
    expect(first.rulesVersion).to.match(/^\S+$/);
    const readsOfFirst = reads;
    expect(readsOfFirst).to.be.above(0);
    expect(await as("service/acme").artifacts.inspectArtifact({ artifact: artifact.name })).to.deep.equal(first);
    expect(reads).to.equal(readsOfFirst);
  });

  it("finds nothing in harmless files", async () => {
    const clients = (await openHarness()).as(ALICE);
    const { artifact } = await push(clients, { "README.md": Buffer.from("# A model\n") });
    const { verdict, findings } = await clients.artifacts.inspectArtifact({ artifact: artifact.name });
    expect({ verdict, findings }).to.deep.equal({ verdict: Verdict.SAFE, findings: [] });
  });

  it("never judges bytes that the store has changed", async () => {
    let lies = false;
    const { as } = await openHarness({
      objects: (objects) => {
        const read = objects.read.bind(objects);
        return Object.assign(objects, {
          read: async (...[key, range]: Parameters<typeof read>) => {
            const bytes = await read(key, range);
            return lies ? new Uint8Array(bytes.length).fill(46) : bytes;
          },
        });
      },
    });
    const { artifact } = await push(as(ALICE), { "model.pkl": EVIL_PICKLE });
    lies = true;
    const deceived = as(ALICE).artifacts.inspectArtifact({ artifact: artifact.name });
    expect(await failureOf(deceived)).to.include({ code: "DATA_LOSS", reason: "ARTIFACT_DATA_LOST" });
    lies = false;
    const { verdict } = await as(ALICE).artifacts.inspectArtifact({ artifact: artifact.name });
    expect(verdict).to.equal(Verdict.DANGEROUS);
  });

  it("is not for viewers, nor for artifacts of others", async () => {
    const { as } = await openHarness();
    const { artifact } = await push(as(ALICE), { f: Buffer.from("x") });
    const asViewer = as("acme/users/vera/viewer").artifacts.inspectArtifact({ artifact: artifact.name });
    expect((await failureOf(asViewer)).reason).to.equal("ROLE_REQUIRED");
    const elsewhere = as("other/users/bob/admin").artifacts.inspectArtifact({ artifact: artifact.name });
    expect((await failureOf(elsewhere)).reason).to.equal("ARTIFACT_NOT_FOUND");
  });
});
