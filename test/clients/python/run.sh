# docs: run
PYTHONPATH=generated venv/bin/python client.py "$@"
# docs: end
