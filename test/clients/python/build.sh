# docs: build
python3 -m venv venv
venv/bin/pip install --quiet --only-binary=:all: -r requirements.txt
mkdir generated
venv/bin/python -m grpc_tools.protoc -I proto -I proto/third_party \
  --python_out=generated --grpc_python_out=generated \
  proto/slipway/*/v1/*.proto buf/validate/validate.proto
# docs: end
