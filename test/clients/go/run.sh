# docs: run
bin/client "$@"
# docs: end
