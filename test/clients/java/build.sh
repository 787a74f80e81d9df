# docs: build
mvn --batch-mode --quiet package
# docs: end
