// A client of Slipway in Go that has nothing of Slipway but its contract.
//
// usage: client ADDRESS FILE MODEL TARGET    with SLIPWAY_KEY in the environment where the server asks for keys
//
// Uploads FILE, makes it the first version of MODEL, watches its admission, downloads it into TARGET, and makes some
// mistakes on purpose. Prints what it saw as one line of JSON.
package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net/url"
	"os"
	"path/filepath"
	"time"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"

	access "slipway/access/v1"
	artifact "slipway/artifact/v1"
	registry "slipway/metadata/v1"
	workflow "slipway/workflow/v1"
)

// docs: connect
var (
	models    registry.ModelServiceClient
	versions  registry.VersionServiceClient
	uploads   artifact.UploadServiceClient
	artifacts artifact.ArtifactServiceClient
	runs      workflow.RunServiceClient
)

func connect(ctx context.Context, address string) {
	me := must(access.NewAccessServiceClient(dial(address)).WhoAmI(ctx, &access.WhoAmIRequest{}))
	models = registry.NewModelServiceClient(dial(me.Endpoints.Metadata))
	versions = registry.NewVersionServiceClient(dial(me.Endpoints.Metadata))
	uploads = artifact.NewUploadServiceClient(dial(me.Endpoints.Artifact))
	artifacts = artifact.NewArtifactServiceClient(dial(me.Endpoints.Artifact))
	runs = workflow.NewRunServiceClient(dial(me.Endpoints.Workflow))
}

func dial(address string) *grpc.ClientConn {
	host := must(url.Parse(address)).Host
	return must(grpc.NewClient(host, grpc.WithTransportCredentials(insecure.NewCredentials())))
}

func withKey(ctx context.Context, key string) context.Context {
	return metadata.AppendToOutgoingContext(ctx, "authorization", "Bearer "+key)
}

func must[T any](value T, err error) T {
	if err != nil {
		log.Fatal(err)
	}
	return value
}

// docs: end

// docs: push
func push(ctx context.Context, file, model string) (*registry.Version, *workflow.Run) {
	upload := must(uploads.StartUpload(ctx, &artifact.StartUploadRequest{})).Upload.Name
	sendFile(ctx, file, upload)
	completed := must(uploads.CompleteUpload(ctx, &artifact.CompleteUploadRequest{Upload: upload})).Artifact.Name

	must(models.CreateModel(ctx, &registry.CreateModelRequest{Model: &registry.Model{Name: model}}))
	create := &registry.CreateVersionRequest{Parent: model, Artifact: completed}
	version := must(versions.CreateVersion(ctx, create)).Version
	aboutIt := &workflow.ListRunsRequest{Filter: fmt.Sprintf("subject_uid = %q", version.Uid)}
	found := must(runs.ListRuns(ctx, aboutIt)).Runs
	for len(found) == 0 {
		time.Sleep(100 * time.Millisecond) // the run begins a moment after the version
		found = must(runs.ListRuns(ctx, aboutIt)).Runs
	}
	changes := must(runs.WatchRun(ctx, &workflow.WatchRunRequest{Name: found[0].Name}))
	run := found[0]
	for change, err := changes.Recv(); err != io.EOF; change, err = changes.Recv() {
		run = must(change, err).Run
	}
	return version, run
}

func sendFile(ctx context.Context, file, upload string) {
	source := must(os.Open(file))
	defer source.Close()
	call := must(uploads.UploadFile(ctx))
	size := must(source.Stat()).Size()
	header := &artifact.UploadFileHeader{Upload: upload, Path: filepath.Base(file), SizeBytes: &size}
	err := call.Send(&artifact.UploadFileRequest{Content: &artifact.UploadFileRequest_Header{Header: header}})
	for buffer := make([]byte, 1<<20); err == nil; {
		var length int
		if length, err = source.Read(buffer); err == nil {
			data := &artifact.UploadFileRequest_Data{Data: buffer[:length]}
			err = call.Send(&artifact.UploadFileRequest{Content: data})
		}
	}
	if err != io.EOF { // of the file, or of a call that the server ended early: then CloseAndRecv tells why
		log.Fatal(err)
	}
	must(call.CloseAndRecv())
}

// docs: end

// docs: pull
func pull(ctx context.Context, model, target string) (*registry.Version, *artifact.File) {
	resolve := &registry.ResolveVersionRequest{Model: model, Selector: "latest"}
	version := must(versions.ResolveVersion(ctx, resolve)).Version
	file := must(artifacts.ListFiles(ctx, &artifact.ListFilesRequest{Artifact: version.Artifact})).Files[0]
	download := &artifact.DownloadFileRequest{Artifact: version.Artifact, Path: file.Path}
	parts := must(artifacts.DownloadFile(ctx, download))
	destination := must(os.Create(target))
	hash := sha256.New()
	for part, err := parts.Recv(); err != io.EOF; part, err = parts.Recv() {
		must(io.MultiWriter(destination, hash).Write(must(part, err).Data))
	}
	if err := destination.Close(); err != nil || hex.EncodeToString(hash.Sum(nil)) != file.Sha256 {
		log.Fatal(target, " is damaged ", err)
	}
	return version, file
}

// docs: end

// docs: errors
func explain(err error) map[string]any {
	told := map[string]any{"code": status.Code(err), "message": status.Convert(err).Message()}
	for _, detail := range status.Convert(err).Details() {
		switch part := detail.(type) {
		case *errdetails.ErrorInfo, *errdetails.BadRequest, *errdetails.PreconditionFailure:
			message := part.(proto.Message)
			name := string(message.ProtoReflect().Descriptor().Name())
			told[name] = json.RawMessage(must(protojson.Marshal(message)))
		}
	}
	return told
}

// docs: end

func mistake[T any](_ T, err error) map[string]any {
	return explain(err)
}

func main() {
	address, file, model, target := os.Args[1], os.Args[2], os.Args[3], os.Args[4]
	withoutKey, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	ctx := withoutKey
	if key := os.Getenv("SLIPWAY_KEY"); key != "" {
		ctx = withKey(ctx, key)
	}
	connect(ctx, address)
	pushed, run := push(ctx, file, model)
	pulled, pulledFile := pull(ctx, model, target)
	steps := []string{}
	for _, step := range run.Steps {
		steps = append(steps, step.Id)
	}
	empty := must(uploads.StartUpload(ctx, &artifact.StartUploadRequest{})).Upload.Name
	badName := &registry.CreateModelRequest{Model: &registry.Model{Name: "models/a:b"}}
	story := map[string]any{
		"run":    run.State.String(),
		"steps":  steps,
		"pushed": pushed.Uid,
		"pulled": pulled.Uid,
		"name":   pulled.Name,
		"state":  pulled.State.String(),
		"path":   pulledFile.Path,
		"sha256": pulledFile.Sha256,
		"mistakes": map[string]any{
			"unknownModel": mistake(models.GetModel(ctx, &registry.GetModelRequest{Name: "models/nowhere"})),
			"badName":      mistake(models.CreateModel(ctx, badName)),
			"badPageSize":  mistake(models.ListModels(ctx, &registry.ListModelsRequest{PageSize: -1})),
			"emptyUpload":  mistake(uploads.CompleteUpload(ctx, &artifact.CompleteUploadRequest{Upload: empty})),
			"noKey":        mistake(models.ListModels(withoutKey, &registry.ListModelsRequest{})),
		},
	}
	fmt.Println(string(must(json.Marshal(story))))
}
