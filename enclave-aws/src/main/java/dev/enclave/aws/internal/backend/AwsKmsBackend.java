package dev.enclave.aws.internal.backend;

import dev.enclave.Assurance;
import dev.enclave.BackendId;
import dev.enclave.KeyAlgorithm;
import dev.enclave.aws.internal.access.KmsAccess;
import dev.enclave.aws.internal.calls.AwsSession;
import dev.enclave.aws.internal.calls.KmsCalls;
import dev.enclave.aws.internal.calls.KmsNames;
import dev.enclave.aws.internal.calls.KmsOperation;
import dev.enclave.aws.internal.connect.AwsSessions;
import dev.enclave.aws.internal.keys.KmsImports;
import dev.enclave.aws.internal.keys.KmsKeys;
import dev.enclave.aws.internal.keys.KmsScheme;
import dev.enclave.aws.internal.keys.KmsUse;
import dev.enclave.aws.internal.texts.Texts;
import dev.enclave.kit.RemoteBackend;
import dev.enclave.kit.key.VersionLedger;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.backend.BackendContext;
import dev.enclave.spi.backend.BackendDescription;
import dev.enclave.spi.backend.ConformanceSupport.BareKeys;
import dev.enclave.spi.backend.SigningBackend;
import java.util.List;
import software.amazon.awssdk.services.kms.model.KeyMetadata;

/**
 * Keys in AWS KMS. Each version of a key is a KMS key of its own; its id is the KMS key's. Where
 * versions and the active one are recorded, and who wins a race: {@link KmsKeys} and {@code
 * VersionLedger}.
 */
public final class AwsKmsBackend {

  private AwsKmsBackend() {}

  /** Takes {@code session} over: it ends with the backend. */
  public static SigningBackend over(AwsSession session, BackendContext context) {
    KmsCalls calls = new KmsCalls(session);
    KmsKeys keys = new KmsKeys(calls, calls);
    VersionLedger ledger = VersionLedger.of(keys);
    KmsAccess access =
        new KmsAccess(
            calls,
            ledger,
            keys.findings(),
            context.environment(),
            AwsSessions.logs(context.snapshot()));
    return new RemoteBackend(
        BackendDescription.of(
                BackendId.AWS_KMS,
                session.account() + ":" + session.region(),
                RemoteBackend.TRAITS,
                KmsScheme.offered(session).stream().map(a -> new KmsScheme(a).support()).toList())
            .withAssuranceCeiling(session.reportsHsm() ? Assurance.HSM : Assurance.SOFTWARE),
        calls.gate(),
        ledger::load,
        access::report,
        List.of(
            ledger,
            ledger.importer(new KmsImports(keys, context.random())),
            new KmsUse(calls),
            ledger.adopter(keys, context.time()),
            access));
  }

  /**
   * KMS keys as an administrator makes them: no alias, and no tag of Enclave's but one by which a
   * policy can allow a conformance run to make, use and remove them. Takes {@code session} over: it
   * ends with them.
   */
  public static BareKeys bareKeys(AwsSession session) {
    return new Bare(new KmsCalls(session));
  }

  private record Bare(KmsCalls calls) implements BareKeys {

    @Override
    public String make(KeyAlgorithm algorithm, CallContext call) throws BackendFailure {
      KmsScheme scheme = new KmsScheme(algorithm);
      KeyMetadata made =
          calls
              .send(
                  KmsOperation.CREATE_KEY,
                  Texts.ADOPTION_KEY.with(),
                  call,
                  r ->
                      r.keySpec(scheme.spec())
                          .keyUsage(scheme.usage())
                          .description(Texts.CONFORMANCE_RUN.with())
                          .tags(KmsNames.tag("enclave:conformance", "adoptable")))
              .keyMetadata();
      boolean certain = KmsScheme.of(made, calls.session()).equals(List.of(algorithm));
      return certain ? made.arn() : made.arn() + "#" + algorithm;
    }

    @Override
    public void remove(String providerUri, CallContext call) throws BackendFailure {
      String arn = providerUri.replaceFirst("#.*", "");
      calls.send(
          KmsOperation.SCHEDULE_KEY_DELETION,
          arn,
          call,
          r -> r.keyId(arn).pendingWindowInDays(KmsKeys.ORPHAN_DAYS));
    }

    @Override
    public void close() {
      calls.gate().close();
    }
  }
}
