# docs: run
LC_ALL=C.UTF-8 java -cp 'target/client-1.jar:target/dependency/*' example.Client "$@"
# docs: end
