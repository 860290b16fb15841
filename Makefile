# Every target is a line in `make`; what a target needs is found or installed by tools/setup.
.DEFAULT_GOAL := help
.PHONY: help demo test build reproducible bench-judge bench-agent crds format

help: ## print this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 20

demo: ## a canary from gate to rollback, and one to promotion, on real parts (KEEP=1 leaves it running)
	@tools/demo

test: ## unit, integration and end-to-end tests, on real parts
	@tools/run-tests

build: ## compile and package everything, without tests
	@tools/setup build
	@tools/mvn package -DskipTests

reproducible: ## build the host's packages from two copies of the sources, and compare them byte for byte
	@tools/setup build
	@tools/reproducible

bench-judge: ## speed and memory of the judge, beside yardsticks of the same run
	@bench/judge

bench-agent: ## speed and memory of the host agent, on a booted host, beside a bare restart (after make build)
	@bench/agent

crds: ## write crds/ and docs/reference.md again from the Java types
	@tools/setup build
	@tools/mvn -pl src/api test -Dtest=GeneratedFilesTest -Dcrds=write

format: ## format the sources
	@tools/mvn spotless:apply
