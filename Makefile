# make run     the demo town on the embedded store
# make test    everything that must hold; does its own set-up
# make update  regenerates everything that is generated
# make bench   the benchmarks and the load generator; reports, asserts nothing

CARGO ?= cargo
SHELL := /bin/bash
# A good part of the tests waits for a disk, a socket or another process: two for each processor.
export RUST_TEST_THREADS ?= $(shell echo $$((2 * $$(getconf _NPROCESSORS_ONLN))))

.PHONY: run test update bench

run:
	$(CARGO) run --release --locked -p liandong-graphql-api --bin liandong -- demo

test:
	$(CARGO) fmt --all --check
	$(CARGO) check --locked -p liandong-engine --no-default-features
	$(CARGO) clippy --locked --workspace --all-targets -- -D warnings
	@if command -v cargo-deny >/dev/null; then $(CARGO) deny --locked check licenses bans sources; \
	else echo "cargo-deny is not installed; the suite checks the licence and source rules from the lock file alone"; fi
	$(CARGO) build --locked -p liandong-graphql-api --bin liandong
	tests/scripts/with-postgres $(CARGO) test --locked --workspace

update:
	$(CARGO) fmt --all
	$(CARGO) run --locked -p liandong-fixtures -- lugong fixtures/sources fixtures/lugong
	$(CARGO) build --locked -p liandong-graphql-api --bin liandong
	UPDATE_EXPECT=1 UPDATE_STORIES=1 tests/scripts/with-postgres $(CARGO) test --locked -p liandong-tests --test suite -- generated stories

bench:
	$(CARGO) bench --locked -p liandong-tests
	$(CARGO) build --release --locked -p liandong-graphql-api -p liandong-tests --bins
	target/release/load lifecycle chain inbox submit spike start bound --saturate
	LIANDONG_PG_OPTIONS=" " tests/scripts/with-postgres target/release/load lifecycle chain inbox submit spike start bound --saturate --store postgres
