# `make` lists what can be run.

.DEFAULT_GOAL := help
.PHONY: help check test fmt lint doc deny demo sim processes soak explore model mutants review bench clean

help: ## show this list
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | awk -F '\t' '{printf "  make %-9s %s\n", $$1, $$2}'

check: ## what CI runs: format, lints, docs, tests
	bash .ci/run

test: ## all tests
	cargo test

fmt: ## format everything
	cargo fmt --all

lint: ## clippy, warnings are errors
	cargo clippy --workspace --all-targets -- -D warnings

doc: ## the documentation of the code, warnings are errors
	RUSTDOCFLAGS="-D warnings" cargo doc --workspace --no-deps

deny: ## licenses, sources and known faults of what we depend on (needs cargo-deny)
	cargo deny check

demo: ## three nodes in a tmux window (needs tmux)
	@command -v tmux >/dev/null || { echo "tmux is missing: install it, or run 'cargo run --bin node' in three terminals"; exit 1; }
	cargo build --bin node
	mkdir -p target/demo
	tmux new-session -d -s ringchat -n chat -c target/demo '../debug/node --name ann' \; \
	  split-window -h -c target/demo '../debug/node --name bob' \; \
	  split-window -v -c target/demo '../debug/node --name eve' \; \
	  select-layout even-horizontal
	tmux attach -t ringchat

sim: ## run one scenario: make sim SCENARIO=scenarios/killnode.toml
	cargo sim run $(or $(SCENARIO),scenarios/killnode.toml)

processes: ## all scenarios on real processes: kill -9, SIGSTOP, real sockets (PACE=4 on a busy machine)
	cargo build --package ringchat --bin node --package ringchat-sim --bin sim
	target/debug/sim processes $(if $(PACE),--pace $(PACE)) $(or $(SCENARIO),scenarios)

soak: ## kill -9 and SIGSTOP while people write: make soak T=10m, SEED=2 for other blows
	cargo build --package ringchat --bin node --package ringchat-sim --bin sim
	target/debug/sim soak --for $(or $(T),10m) $(if $(SEED),--seed $(SEED))

mutants: ## does the harness catch planted faults? half an hour for all: make mutants ONLY=name
	tests/mutants/run $(ONLY)

explore: ## search for faults: make explore SEEDS=0..10000 PROFILE=members
	cargo build --profile explore --package ringchat-sim --bin sim
	target/explore/sim explore --seeds $(or $(SEEDS),0..10000) --profile $(or $(PROFILE),swarm)

model: ## every interleaving of a ring of three, with more elections than `make test` has time for
	cargo test --release --package ringchat-model -- --include-ignored --nocapture --test-threads=1

review: ## look at the traces that changed (needs cargo-insta)
	cargo insta review

bench: ## acknowledged messages per second, beside a bare ring of sockets
	cargo bench --bench ring

clean: ## remove what was built
	cargo clean
