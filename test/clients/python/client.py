"""A client of Slipway in Python that has nothing of Slipway but its contract.

usage: client.py ADDRESS FILE MODEL TARGET    with SLIPWAY_KEY in the environment where the server asks for keys

Uploads FILE, makes it the first version of MODEL, watches its admission, downloads it into TARGET, and makes some
mistakes on purpose. Prints what it saw as one line of JSON.
"""

import hashlib
import json
import os
import sys
import time
from urllib.parse import urlsplit

import grpc
from google.protobuf.json_format import MessageToDict
from google.rpc.error_details_pb2 import BadRequest, ErrorInfo, PreconditionFailure
from grpc_status import rpc_status
from slipway.access.v1.access_service_pb2 import WhoAmIRequest
from slipway.access.v1.access_service_pb2_grpc import AccessServiceStub
from slipway.artifact.v1.artifact_service_pb2 import DownloadFileRequest, ListFilesRequest
from slipway.artifact.v1.artifact_service_pb2_grpc import ArtifactServiceStub
from slipway.artifact.v1.upload_service_pb2 import CompleteUploadRequest, StartUploadRequest
from slipway.artifact.v1.upload_service_pb2 import UploadFileHeader, UploadFileRequest
from slipway.artifact.v1.upload_service_pb2_grpc import UploadServiceStub
from slipway.metadata.v1.model_pb2 import Model
from slipway.metadata.v1.model_service_pb2 import CreateModelRequest, GetModelRequest, ListModelsRequest
from slipway.metadata.v1.model_service_pb2_grpc import ModelServiceStub
from slipway.metadata.v1.version_pb2 import VersionState
from slipway.metadata.v1.version_service_pb2 import CreateVersionRequest, ResolveVersionRequest
from slipway.metadata.v1.version_service_pb2_grpc import VersionServiceStub
from slipway.workflow.v1.run_pb2 import RunState
from slipway.workflow.v1.run_service_pb2 import ListRunsRequest, WatchRunRequest
from slipway.workflow.v1.run_service_pb2_grpc import RunServiceStub

# docs: connect
key = os.environ.get("SLIPWAY_KEY")
call = {"timeout": 60, "metadata": [("authorization", f"Bearer {key}")] if key else []}


def channel(url):
    return grpc.insecure_channel(urlsplit(url).netloc)


endpoints = AccessServiceStub(channel(sys.argv[1])).WhoAmI(WhoAmIRequest(), **call).endpoints
models = ModelServiceStub(channel(endpoints.metadata))
versions = VersionServiceStub(channel(endpoints.metadata))
uploads = UploadServiceStub(channel(endpoints.artifact))
artifacts = ArtifactServiceStub(channel(endpoints.artifact))
runs = RunServiceStub(channel(endpoints.workflow))
# docs: end


# docs: push
def push(file, model):
    upload = uploads.StartUpload(StartUploadRequest(), **call).upload.name
    uploads.UploadFile(messages(file, upload), **call)
    artifact = uploads.CompleteUpload(CompleteUploadRequest(upload=upload), **call).artifact.name

    models.CreateModel(CreateModelRequest(model=Model(name=model)), **call)
    version = versions.CreateVersion(CreateVersionRequest(parent=model, artifact=artifact), **call).version
    about_it = ListRunsRequest(filter=f'subject_uid = "{version.uid}"')
    while not (found := runs.ListRuns(about_it, **call).runs):
        time.sleep(0.1)  # the run begins a moment after the version
    for change in runs.WatchRun(WatchRunRequest(name=found[0].name), **call):
        run = change.run
    return version, run


def messages(file, upload):
    header = UploadFileHeader(upload=upload, path=os.path.basename(file), size_bytes=os.path.getsize(file))
    yield UploadFileRequest(header=header)
    with open(file, "rb") as source:
        while data := source.read(1 << 20):
            yield UploadFileRequest(data=data)
# docs: end


# docs: pull
def pull(model, target):
    version = versions.ResolveVersion(ResolveVersionRequest(model=model, selector="latest"), **call).version
    file = artifacts.ListFiles(ListFilesRequest(artifact=version.artifact), **call).files[0]
    sha256 = hashlib.sha256()
    with open(target, "wb") as destination:
        for part in artifacts.DownloadFile(DownloadFileRequest(artifact=version.artifact, path=file.path), **call):
            sha256.update(part.data)
            destination.write(part.data)
    if sha256.hexdigest() != file.sha256:
        raise ValueError(f"{target} is damaged")
    return version, file
# docs: end


# docs: errors
def explain(error):
    told = {"code": error.code().value[0], "message": error.details()}
    for detail in rpc_status.from_call(error).details:
        for kind in (ErrorInfo, BadRequest, PreconditionFailure):
            if detail.Is(kind.DESCRIPTOR):
                part = kind()
                detail.Unpack(part)
                told[kind.DESCRIPTOR.name] = MessageToDict(part)
    return told
# docs: end


def mistake(method, request, **options):
    try:
        method(request, **(options or call))
    except grpc.RpcError as error:
        return explain(error)
    return {"code": grpc.StatusCode.OK.value[0]}


_, _, file, model, target = sys.argv
pushed, run = push(file, model)
pulled, pulled_file = pull(model, target)
empty = uploads.StartUpload(StartUploadRequest(), **call).upload.name
story = {
    "run": RunState.Name(run.state),
    "steps": [step.id for step in run.steps],
    "pushed": pushed.uid,
    "pulled": pulled.uid,
    "name": pulled.name,
    "state": VersionState.Name(pulled.state),
    "path": pulled_file.path,
    "sha256": pulled_file.sha256,
    "mistakes": {
        "unknownModel": mistake(models.GetModel, GetModelRequest(name="models/nowhere")),
        "badName": mistake(models.CreateModel, CreateModelRequest(model=Model(name="models/a:b"))),
        "badPageSize": mistake(models.ListModels, ListModelsRequest(page_size=-1)),
        "emptyUpload": mistake(uploads.CompleteUpload, CompleteUploadRequest(upload=empty)),
        "noKey": mistake(models.ListModels, ListModelsRequest(), metadata=[]),
    },
}
print(json.dumps(story))
