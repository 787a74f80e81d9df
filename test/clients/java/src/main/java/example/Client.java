package example;

import com.google.gson.Gson;
import com.google.gson.JsonParser;
import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import com.google.protobuf.util.JsonFormat;
import com.google.rpc.BadRequest;
import com.google.rpc.ErrorInfo;
import com.google.rpc.PreconditionFailure;
import io.grpc.Channel;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import io.grpc.stub.MetadataUtils;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import slipway.access.v1.*;
import slipway.artifact.v1.*;
import slipway.metadata.v1.*;
import slipway.workflow.v1.*;

/**
 * A client of Slipway in Java that has nothing of Slipway but its contract.
 *
 * <p>usage: Client ADDRESS FILE MODEL TARGET, with SLIPWAY_KEY in the environment where the server asks for keys
 *
 * <p>Uploads FILE, makes it the first version of MODEL, watches its admission, downloads it into TARGET, and makes some
 * mistakes on purpose. Prints what it saw as one line of JSON.
 */
public class Client {
  // docs: connect
  private final ModelServiceGrpc.ModelServiceBlockingStub models;
  private final VersionServiceGrpc.VersionServiceBlockingStub versions;
  private final UploadServiceGrpc.UploadServiceBlockingV2Stub uploads; // V2 waits while the server is busy
  private final ArtifactServiceGrpc.ArtifactServiceBlockingStub artifacts;
  private final RunServiceGrpc.RunServiceBlockingStub runs;

  Client(String address, String key) {
    var access = AccessServiceGrpc.newBlockingStub(channel(address, key));
    var endpoints = access.whoAmI(WhoAmIRequest.getDefaultInstance()).getEndpoints();
    models = ModelServiceGrpc.newBlockingStub(channel(endpoints.getMetadata(), key));
    versions = VersionServiceGrpc.newBlockingStub(channel(endpoints.getMetadata(), key));
    uploads = UploadServiceGrpc.newBlockingV2Stub(channel(endpoints.getArtifact(), key));
    artifacts = ArtifactServiceGrpc.newBlockingStub(channel(endpoints.getArtifact(), key));
    runs = RunServiceGrpc.newBlockingStub(channel(endpoints.getWorkflow(), key));
  }

  static Channel channel(String url, String key) {
    var headers = new Metadata();
    if (key != null) headers.put(Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER), "Bearer " + key);
    return Grpc.newChannelBuilder(URI.create(url).getAuthority(), InsecureChannelCredentials.create())
        .intercept(MetadataUtils.newAttachHeadersInterceptor(headers))
        .build();
  }
  // docs: end

  // docs: push
  Pushed push(Path file, String model) throws Exception {
    var upload = uploads.startUpload(StartUploadRequest.getDefaultInstance()).getUpload().getName();
    sendFile(file, upload);
    var artifact = uploads.completeUpload(CompleteUploadRequest.newBuilder().setUpload(upload).build()).getArtifact();

    models.createModel(CreateModelRequest.newBuilder().setModel(Model.newBuilder().setName(model)).build());
    var create = CreateVersionRequest.newBuilder().setParent(model).setArtifact(artifact.getName()).build();
    var version = versions.createVersion(create).getVersion();
    var aboutIt = ListRunsRequest.newBuilder().setFilter("subject_uid = \"" + version.getUid() + "\"").build();
    while (runs.listRuns(aboutIt).getRunsCount() == 0) Thread.sleep(100); // it begins a moment after the version
    var run = runs.listRuns(aboutIt).getRuns(0);
    var changes = runs.watchRun(WatchRunRequest.newBuilder().setName(run.getName()).build());
    while (changes.hasNext()) run = changes.next().getRun();
    return new Pushed(version, run);
  }

  record Pushed(Version version, Run run) {}

  void sendFile(Path file, String upload) throws Exception {
    var path = file.getFileName().toString();
    var header = UploadFileHeader.newBuilder().setUpload(upload).setPath(path).setSizeBytes(Files.size(file));
    var call = uploads.uploadFile();
    try (InputStream source = Files.newInputStream(file)) {
      var open = call.write(UploadFileRequest.newBuilder().setHeader(header).build());
      for (var data = source.readNBytes(1 << 20); open && data.length > 0; data = source.readNBytes(1 << 20)) {
        open = call.write(UploadFileRequest.newBuilder().setData(ByteString.copyFrom(data)).build());
      }
    }
    call.halfClose();
    call.read(); // all bytes are durable, or it throws
  }
  // docs: end

  // docs: pull
  Pulled pull(String model, Path target) throws Exception {
    var resolve = ResolveVersionRequest.newBuilder().setModel(model).setSelector("latest").build();
    var version = versions.resolveVersion(resolve).getVersion();
    var list = ListFilesRequest.newBuilder().setArtifact(version.getArtifact()).build();
    var file = artifacts.listFiles(list).getFiles(0);
    var download = DownloadFileRequest.newBuilder().setArtifact(version.getArtifact()).setPath(file.getPath()).build();
    var sha256 = MessageDigest.getInstance("SHA-256");
    try (OutputStream destination = new DigestOutputStream(Files.newOutputStream(target), sha256)) {
      var parts = artifacts.downloadFile(download);
      while (parts.hasNext()) parts.next().getData().writeTo(destination);
    }
    if (!HexFormat.of().formatHex(sha256.digest()).equals(file.getSha256())) throw new Exception(target + " is damaged");
    return new Pulled(version, file);
  }

  record Pulled(Version version, File file) {}
  // docs: end

  // docs: errors
  static Map<String, Object> explain(Throwable error) throws Exception {
    var status = StatusProto.fromThrowable(error);
    var told = new LinkedHashMap<String, Object>(Map.of("code", status.getCode(), "message", status.getMessage()));
    for (Any detail : status.getDetailsList()) {
      for (Class<? extends Message> kind : List.of(ErrorInfo.class, BadRequest.class, PreconditionFailure.class)) {
        if (!detail.is(kind)) continue;
        told.put(kind.getSimpleName(), JsonParser.parseString(JsonFormat.printer().print(detail.unpack(kind))));
      }
    }
    return told;
  }
  // docs: end

  interface Call {
    void make() throws Exception;
  }

  static Map<String, Object> mistake(Call call) throws Exception {
    try {
      call.make();
    } catch (StatusRuntimeException | StatusException error) {
      return explain(error);
    }
    return Map.of("code", Status.OK.getCode().value());
  }

  public static void main(String[] words) throws Exception {
    var client = new Client(words[0], System.getenv("SLIPWAY_KEY"));
    var pushed = client.push(Path.of(words[1]), words[2]);
    var pulled = client.pull(words[2], Path.of(words[3]));
    var unknown = GetModelRequest.newBuilder().setName("models/nowhere").build();
    var badName = CreateModelRequest.newBuilder().setModel(Model.newBuilder().setName("models/a:b")).build();
    var empty = client.uploads.startUpload(StartUploadRequest.getDefaultInstance()).getUpload().getName();
    var complete = CompleteUploadRequest.newBuilder().setUpload(empty).build();
    var withoutKey = ModelServiceGrpc.newBlockingStub(channel(words[0], null));
    var mistakes =
        Map.of(
            "unknownModel", mistake(() -> client.models.getModel(unknown)),
            "badName", mistake(() -> client.models.createModel(badName)),
            "badPageSize",
                mistake(() -> client.models.listModels(ListModelsRequest.newBuilder().setPageSize(-1).build())),
            "emptyUpload", mistake(() -> client.uploads.completeUpload(complete)),
            "noKey", mistake(() -> withoutKey.listModels(ListModelsRequest.getDefaultInstance())));
    var story = new LinkedHashMap<String, Object>();
    story.put("run", pushed.run().getState());
    story.put("steps", pushed.run().getStepsList().stream().map(StepRun::getId).toList());
    story.put("pushed", pushed.version().getUid());
    story.put("pulled", pulled.version().getUid());
    story.put("name", pulled.version().getName());
    story.put("state", pulled.version().getState());
    story.put("path", pulled.file().getPath());
    story.put("sha256", pulled.file().getSha256());
    story.put("mistakes", mistakes);
    System.out.println(new Gson().toJson(story));
    System.exit(0); // the channels' threads would keep it
  }
}
