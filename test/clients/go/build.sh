# docs: build
export GOBIN="$PWD/bin" PATH="$PWD/bin:$PATH"
go install google.golang.org/protobuf/cmd/protoc-gen-go@v1.36.12
go install google.golang.org/grpc/cmd/protoc-gen-go-grpc@v1.6.2
options=module=slipway,Mbuf/validate/validate.proto=slipway/buf/validate
mkdir generated
protoc -I proto -I proto/third_party \
  --go_out=generated --go_opt=$options --go-grpc_out=generated --go-grpc_opt=$options \
  proto/slipway/*/v1/*.proto buf/validate/validate.proto
printf 'module slipway\ngo 1.26.0\n' >generated/go.mod
go build -o bin/client .
# docs: end
