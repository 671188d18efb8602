package dev.enclave.testkit.engine;

import dev.enclave.BackendId;
import dev.enclave.Enclave;
import dev.enclave.KeySpec;
import dev.enclave.Message;
import dev.enclave.PublicKeyInfo;
import dev.enclave.SigningAlgorithm;
import dev.enclave.SigningKey;
import dev.enclave.migration.ApprovalTerms;
import dev.enclave.migration.DestructionProposal;
import dev.enclave.migration.MigrationPlan;
import dev.enclave.migration.MigrationProposal;
import dev.enclave.migration.MigrationRecord;
import dev.enclave.migration.PlanSignature;
import dev.enclave.migration.Proposal;
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
  final Person proposer;
  final Person first;
  final Person second;
  final Person stranger;
  final ApprovalTerms terms;
  private final List<Enclave> people = new ArrayList<>();

  /** Somebody who signs plans in an Enclave of their own. */
  record Person(Enclave own) {

    PublicKeyInfo publicKey() {
      return own.admin().statementKey();
    }

    PlanSignature proposes(Proposal plan) {
      return own.admin().migrations().sign(plan, PlanSignature.Role.PROPOSER);
    }

    PlanSignature approves(Proposal plan) {
      return own.admin().migrations().sign(plan, PlanSignature.Role.APPROVER);
    }
  }

  MigrationBench(String environment) {
    bench = Bench.in(environment);
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

  private Person person(String name) {
    people.add(Bench.in("development", bench.clock).with(new InMemoryProvider().id(name)).open());
    return new Person(people.get(people.size() - 1));
  }

  MigrationPlan plan() {
    return enclave.admin().migrations().plan(key.handle(), TARGET);
  }

  MigrationProposal proposed(MigrationPlan plan) {
    MigrationProposal unsigned = MigrationProposal.unsigned(plan);
    return unsigned.proposedBy(proposer.proposes(unsigned));
  }

  /** The same with the approvals of these as well. */
  static MigrationProposal approved(MigrationProposal plan, Person... people) {
    MigrationProposal approved = plan;
    for (Person each : people) {
      approved = approved.approvedBy(each.approves(plan));
    }
    return approved;
  }

  static DestructionProposal approved(DestructionProposal plan, Person... people) {
    DestructionProposal approved = plan;
    for (Person each : people) {
      approved = approved.approvedBy(each.approves(plan));
    }
    return approved;
  }

  DestructionProposal proposed(DestructionProposal plan) {
    return plan.proposedBy(proposer.proposes(plan));
  }

  MigrationProposal approved(MigrationPlan plan) {
    return approved(proposed(plan), first, second);
  }

  MigrationRecord run(MigrationProposal proposal) {
    return enclave.admin().migrations().run(proposal, records::add);
  }

  @Override
  public void close() {
    enclave.close();
    people.forEach(Enclave::close);
  }
}
