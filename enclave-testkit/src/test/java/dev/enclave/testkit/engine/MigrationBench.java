package dev.enclave.testkit.engine;

import dev.enclave.BackendId;
import dev.enclave.Enclave;
import dev.enclave.KeySpec;
import dev.enclave.Message;
import dev.enclave.SigningAlgorithm;
import dev.enclave.SigningKey;
import dev.enclave.migration.ApprovalTerms;
import dev.enclave.migration.MigrationPlan;
import dev.enclave.migration.MigrationProposal;
import dev.enclave.migration.MigrationRecord;
import dev.enclave.testkit.InMemoryProvider;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Two backends, a key in one of them, and people who propose and approve its migration. */
final class MigrationBench implements AutoCloseable {

  static final BackendId TARGET = BackendId.of("target");
  static final Message MESSAGE = Message.ofUtf8("pay 10 to Alice");

  final BentProvider source = new BentProvider("source");
  final BentProvider target = new BentProvider("target");
  final List<MigrationRecord> records = new ArrayList<>();
  final Bench bench;
  final Enclave enclave;
  final SigningKey key;
  final SigningKey proposer;
  final SigningKey first;
  final SigningKey second;
  final SigningKey stranger;
  final ApprovalTerms terms;
  private final Enclave people;

  MigrationBench(String environment) {
    bench = Bench.in(environment);
    people = Bench.in("development").with(new InMemoryProvider().id("people")).open();
    proposer = person("proposer");
    first = person("first");
    second = person("second");
    stranger = person("stranger");
    terms =
        new ApprovalTerms(
            Stream.of(proposer, first, second)
                .map(each -> each.publicKey().fingerprint())
                .collect(Collectors.toSet()),
            2);
    bench
        .set("enclave.backend", "source")
        .set(
            "enclave.migration.approvers",
            Stream.of(proposer, first, second)
                .map(each -> each.publicKey().fingerprint().toString())
                .collect(Collectors.joining(",")))
        .with(source)
        .with(target);
    enclave = bench.open();
    key =
        enclave.createKey(
            KeySpec.named("wallet-42").algorithm(SigningAlgorithm.ECDSA_SECP256K1_SHA256));
  }

  private SigningKey person(String name) {
    return people.createKey(KeySpec.named(name).algorithm(SigningAlgorithm.ED25519));
  }

  MigrationPlan plan() {
    return enclave.admin().migrations().plan(key.handle(), TARGET);
  }

  MigrationProposal proposed(MigrationPlan plan) {
    return MigrationProposal.of(plan, proposer, bench.clock.now());
  }

  MigrationProposal approved(MigrationPlan plan) {
    return proposed(plan)
        .approvedBy(first, bench.clock.now())
        .approvedBy(second, bench.clock.now());
  }

  MigrationRecord run(MigrationProposal proposal) {
    return enclave.admin().migrations().run(proposal, records::add);
  }

  @Override
  public void close() {
    enclave.close();
    people.close();
  }
}
